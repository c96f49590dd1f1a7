"""Rows of tables up: from frames, from dicts and from stages; and states."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

from row import CAVECLIENT, OURS, Row, Target
from stores import IDS_AT_ONCE, MOST_ROWS, TABLE, VOLUME, AnnotationStore, StateStore, kept

POINTS = ("pre_pt", "post_pt", "ctr_pt")
COLUMNS = [f"{point}_position" for point in POINTS]
ANNOTATIONS = f"/annotation/api/v2/aligned_volume/{VOLUME}/table/{TABLE}/annotations"
FIRST_ID = 864691135000000000


def client_of(package: Any, url: str) -> Any:
    """Return clients of annotations and states of one server."""
    module = SimpleNamespace(
        **{
            name: importlib.import_module(f"{package.__name__}.{name}")
            for name in ("auth", "annotationengine", "emannotationschemas", "jsonservice")
        }
    )
    auth = module.auth.AuthClient(token="0" * 32, server_address=url)
    schemas = module.emannotationschemas.SchemaClient(url, auth)
    return SimpleNamespace(
        annotation=module.annotationengine.AnnotationClient(
            url, aligned_volume_name=VOLUME, auth_client=auth, schema_client=schemas
        ),
        state=module.jsonservice.JSONService(url, auth),
    )


def cells(count: int, form: str) -> dict[str, Any]:
    """Return positions of synapses by column, each cell one of "lists" or "arrays"."""
    import numpy as np

    random = np.random.default_rng(0)
    found = {}
    for name in COLUMNS:
        points = random.integers(0, 500_000, (count, 3))
        found[name] = {"lists": points.tolist, "arrays": lambda p=points: list(p)}[form]()
    return found


def frame(count: int, form: str, *, with_id: bool = True) -> Any:
    """Return synapses with positions as documented: a list or an array in each cell."""
    import numpy as np
    import pandas as pd

    size = np.random.default_rng(1).random(count) * 1000
    columns = {"id": np.arange(1, count + 1), "size": size, **cells(count, form)}
    if not with_id:
        del columns["id"]
    return pd.DataFrame(columns)


def records(count: int, form: str = "lists", *, with_id: bool = True) -> list[dict[str, Any]]:
    """Return the same synapses as servers take them."""
    df = frame(count, form, with_id=with_id)
    plain = df[[name for name in df if name not in COLUMNS]].to_dict("records")
    for name, point in zip(COLUMNS, POINTS, strict=True):
        for row, cell in zip(plain, df[name], strict=True):
            row[point] = {"position": cell}
    return plain


@dataclass
class Upload(Row):
    """Something that is posted. The answer that is compared has what the server was sent."""

    def work(self, who: str, url: str):
        self.url = url
        return super().work(who, url)

    def plain(self, answer: Any, who: str):
        return {"answer": answer, "sent": self.sent(kept(self.url))}

    def sent(self, bodies: list[Any]) -> Any:
        """Return what is compared of the bodies that the server was sent."""
        return bodies


@dataclass
class RowsUpload(Upload):
    """Rows of a table."""

    rows: int

    def routes(self):
        return AnnotationStore().routes()

    def sent(self, bodies: list[Any]):
        # Each row as a text, so that 1 is not 1.0; the order of keys has no meaning.
        return [[json.dumps(row, sort_keys=True) for row in body["annotations"]] for body in bodies]


@dataclass
class PostFrame(RowsUpload):
    """Synapses from a frame to a server that takes 10,000 rows at once, as servers do."""

    form: str

    title: ClassVar[str] = "post_annotation_df, {rows:,} rows, {form}"
    floor_is: ClassVar[str] = (
        "orjson of records that are ready, and a post by requests, 10,000 rows at a time."
    )
    target: ClassVar[Target] = Target(faster=6)
    step: ClassVar[int] = MOST_ROWS

    def caveclient(self, package: Any, url: str):
        client, df = client_of(package, url).annotation, frame(self.rows, self.form)

        def post():
            # It leaves it to scripts to divide a frame, and servers refuse more rows at once.
            ids = []
            for first in range(0, self.rows, self.step):
                ids += client.post_annotation_df(TABLE, df.iloc[first : first + self.step], COLUMNS)
            return ids

        return post

    def ours(self, package: Any, url: str):
        client, df = client_of(package, url).annotation, frame(self.rows, self.form)
        return lambda: client.post_annotation_df(TABLE, df, COLUMNS)

    def floor(self, url: str):
        import orjson
        import requests

        session, ready = requests.Session(), records(self.rows, self.form)

        def post():
            ids = []
            for first in range(0, self.rows, self.step):
                body = {"annotations": ready[first : first + self.step]}
                text = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
                ids += orjson.loads(session.post(url + ANNOTATIONS, data=text).content)
            return ids

        return post


@dataclass
class PostFrameAtOnce(PostFrame):
    """The same to a server without that limit, for which scripts need not divide their frame."""

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "post_annotation_df, {rows:,} rows, {form}, server without limit"
    floor_is: ClassVar[str] = "orjson of records that are ready, and one post by requests."
    differs: ClassVar[str] = "Ours goes out 10,000 rows at a time; servers refuse more."

    @property
    def step(self):
        return self.rows

    def routes(self):
        return AnnotationStore(most_rows=self.rows).routes()

    def sent(self, bodies: list[Any]):
        return [row for body in super().sent(bodies) for row in body]


@dataclass
class Stage(Row):
    """Rows that are checked against the schema of their table."""

    rows: int

    title: ClassVar[str] = "StagedAnnotations, {rows:,} rows checked"
    floor_is: ClassVar[str] = "The rows as dicts by `to_dict` of pandas and a loop over points, unchecked."
    target: ClassVar[Target] = Target(faster=200)
    slow: ClassVar[bool] = True
    most_rounds: ClassVar[int] = 3

    def routes(self):
        return AnnotationStore().routes()

    def call(self, package: Any, url: str):
        client, df = client_of(package, url).annotation, frame(self.rows, "lists", with_id=False)

        def stage():
            staged = client.stage_annotations(TABLE)
            staged.add_dataframe(df)
            return staged

        return stage

    def floor(self, url: str):
        return lambda: records(self.rows, with_id=False)

    def plain(self, answer: Any, who: str):
        return answer.annotation_list if who in (CAVECLIENT, OURS) else answer


@dataclass
class StageAndUpload(RowsUpload):
    """The same, and uploaded."""

    title: ClassVar[str] = "StagedAnnotations, {rows:,} rows checked and uploaded"
    floor_is: ClassVar[str] = "The rows as dicts, unchecked, written by orjson and posted by requests."
    target: ClassVar[Target] = Target(faster=200)
    slow: ClassVar[bool] = True
    most_rounds: ClassVar[int] = 3

    def call(self, package: Any, url: str):
        client, df = client_of(package, url).annotation, frame(self.rows, "lists", with_id=False)

        def upload():
            staged = client.stage_annotations(TABLE)
            staged.add_dataframe(df)
            return client.upload_staged_annotations(staged, progress=False)

        return upload

    def floor(self, url: str):
        import orjson
        import requests

        session = requests.Session()

        def upload():
            body = {"annotations": records(self.rows, with_id=False)}
            return session.post(url + ANNOTATIONS, data=orjson.dumps(body)).json()

        return upload


@dataclass
class UpdateRows(RowsUpload):
    """Rows that are dicts."""

    title: ClassVar[str] = "update_annotation, {rows:,} rows"
    floor_is: ClassVar[str] = "orjson of the rows, and a put by requests."
    differs: ClassVar[str] = "Ids of the old rows are integers in ours, as they were passed, and texts there."

    def call(self, package: Any, url: str):
        client, rows = client_of(package, url).annotation, records(self.rows)
        return lambda: client.update_annotation(TABLE, rows)

    def floor(self, url: str):
        import orjson
        import requests

        session, rows = requests.Session(), records(self.rows)
        return lambda: session.put(url + ANNOTATIONS, data=orjson.dumps({"annotations": rows})).json()

    def plain(self, answer: Any, who: str):
        return super().plain({int(old): new for old, new in answer.items()}, who)


@dataclass
class DeleteRows(Upload):
    """Rows by their ids."""

    rows: int

    title: ClassVar[str] = "delete_annotation, {rows:,} ids"
    floor_is: ClassVar[str] = "orjson of the ids, and a request by requests."

    def routes(self):
        return AnnotationStore().routes()

    def ids(self) -> list[int]:
        return list(range(1, self.rows + 1))

    def call(self, package: Any, url: str):
        client, ids = client_of(package, url).annotation, self.ids()
        return lambda: client.delete_annotation(TABLE, ids)

    def floor(self, url: str):
        import orjson
        import requests

        session, ids = requests.Session(), self.ids()
        body = {"annotation_ids": ids}
        return lambda: session.delete(url + ANNOTATIONS, data=orjson.dumps(body)).json()


@dataclass
class GetRows(Row):
    """Rows by their ids, as many at once as an address can hold."""

    rows: int

    title: ClassVar[str] = "get_annotation, {rows:,} ids"
    floor_is: ClassVar[str] = "The same requests by requests, one after another, and orjson."
    differs: ClassVar[str] = 'The text "None" as the time of deletion is None in ours.'

    def routes(self):
        return AnnotationStore(rows=self.table()).routes()

    def table(self) -> list[dict[str, Any]]:
        about = {"valid": True, "superceded_id": None, "created": "2026-11-22 12:48:16.130657"}
        return [
            {f"{key}_position" if key in POINTS else key: self.flat(value) for key, value in row.items()}
            | {**about, "deleted": "None"}
            for row in records(self.rows)
        ]

    @staticmethod
    def flat(value: Any) -> Any:
        return value["position"] if isinstance(value, dict) else value

    def pieces(self) -> list[list[int]]:
        ids = list(range(1, self.rows + 1))
        return [ids[first : first + IDS_AT_ONCE] for first in range(0, self.rows, IDS_AT_ONCE)]

    def caveclient(self, package: Any, url: str):
        client, pieces = client_of(package, url).annotation, self.pieces()
        # It leaves it to scripts to divide the ids.
        return lambda: [row for ids in pieces for row in client.get_annotation(TABLE, ids)]

    def ours(self, package: Any, url: str):
        client, ids = client_of(package, url).annotation, list(range(1, self.rows + 1))
        return lambda: client.get_annotation(TABLE, ids)

    def floor(self, url: str):
        import orjson
        import requests

        session, pieces = requests.Session(), self.pieces()

        def get():
            rows = []
            for ids in pieces:
                asked = {"annotation_ids": ",".join(map(str, ids))}
                rows += orjson.loads(session.get(url + ANNOTATIONS, params=asked).content)
            return rows

        return get

    def plain(self, answer: Any, who: str):
        return [row | {"deleted": None} for row in answer]


def state_of(kind: str) -> dict[str, Any]:
    """Return a state of 10 MB of JSON: ids of segments, and points of an annotation layer.

    "plain Python": texts and integers; "np.int64 lists": ids are numpy's integers; "ndarrays": ids are one
    array, and each point is one of floats, because of integers in arrays caveclient makes texts.
    """
    import numpy as np

    random = np.random.default_rng(0)
    ids = FIRST_ID + random.integers(0, 10**12, 120_000)
    points = random.integers(0, 500_000, (80_000, 3))
    segments = {"plain Python": list(map(str, ids.tolist())), "np.int64 lists": list(ids), "ndarrays": ids}[
        kind
    ]
    shown = list(points / 8) if kind == "ndarrays" else points.tolist()
    marks = [{"point": point, "type": "point", "id": f"{row:040x}"} for row, point in enumerate(shown)]
    return {
        "dimensions": {"x": [4e-09, "m"], "y": [4e-09, "m"], "z": [4e-08, "m"]},
        "position": [120000.5, 80000.5, 20000.5],
        "layers": [
            {"type": "segmentation", "name": "seg", "segments": segments},
            {"type": "annotation", "name": "synapses", "annotations": marks},
        ],
        "selectedLayer": {"visible": True, "layer": "seg"},
    }


def of_numpy(value: Any) -> Any:
    """Return an id as text, an array as a list."""
    return [*value] if value.ndim else str(value)


@dataclass
class UploadState(Upload):
    """A large state."""

    kind: str

    title: ClassVar[str] = "upload_state_json, 10 MB, {kind}"
    floor_is: ClassVar[str] = (
        "orjson of the same state out of lists, texts and numbers, and a post by requests."
    )
    target: ClassVar[Target] = Target(faster=5)

    def routes(self):
        return StateStore().routes()

    def call(self, package: Any, url: str):
        client, state = client_of(package, url).state, state_of(self.kind)
        return lambda: client.upload_state_json(state)

    def floor(self, url: str):
        import orjson
        import requests

        session, state = requests.Session(), json.loads(json.dumps(state_of(self.kind), default=of_numpy))

        def upload():
            answer = session.post(f"{url}/nglstate/api/v1/post", data=orjson.dumps(state)).json()
            return int(answer.rpartition("/")[2])

        return upload


@dataclass
class GetState(Row):
    """The same state down."""

    title: ClassVar[str] = "get_state_json, 10 MB"
    floor_is: ClassVar[str] = "The same bytes by requests, and orjson."

    def routes(self):
        return StateStore(state_of("plain Python")).routes()

    def call(self, package: Any, url: str):
        client = client_of(package, url).state
        return lambda: client.get_state_json(1)

    def floor(self, url: str):
        import orjson
        import requests

        session = requests.Session()
        return lambda: orjson.loads(session.get(f"{url}/nglstate/api/v1/1").content)


ROWS = [
    PostFrame(100_000, "lists"),
    PostFrame(100_000, "arrays"),
    PostFrameAtOnce(100_000, "lists"),
    Stage(10_000),
    StageAndUpload(10_000),
    UpdateRows(10_000),
    DeleteRows(10_000),
    GetRows(10_000),
    *map(UploadState, ("plain Python", "np.int64 lists", "ndarrays")),
    GetState(),
]
