"""Where offline CAVE answers otherwise than real servers: the one list, for the tests and the docs.

`docs/offline-differences.md` is written from it:  python tests/offline/faithful/differences_page.py

An exchange is named by its folder, the number of its file and its place in it: "materialize/041[0]".
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Difference:
    """One known difference.

    Parameters
    ----------
    id : str
        A name for tests.
    service : str
        Whose answers.
    servers, offline : str
        What each does, in a sentence.
    form : dict
        Recorded exchanges whose answer has another form: exchange to what differs.
    values : str
        Recorded exchanges whose answer has the same form and other values, with spaces between them.
    where : str
        The only places at which values differ, as a regular expression.
    """

    id: str
    service: str
    servers: str
    offline: str
    form: dict[str, str] = field(default_factory=dict)
    values: str = ""
    where: str = ""

    @property
    def recorded(self) -> tuple[str, ...]:
        """The recorded exchanges that show it."""
        return *self.form, *self.values.split()


REFUSED_CLEARLY = "status, typed error"
ANSWERED = "status, typed error, fields and types"
ANSWERED_PACKED = "status, header vary, compression, typed error, way of writing, fields and types"
ANSWERED_BYTES = "status, header content-type, typed error, layout"

DIFFERENCES = (
    # ---- all services
    Difference(
        "other-hosts",
        "all",
        "A server answers under any Host name that leads to it.",
        "A name that is not this server's is refused (421): a page in a browser might make it lead here.",
    ),
    Difference(
        "cookies-of-other-pages",
        "all",
        "A token in a cookie counts, whichever page made the browser ask.",
        "A cookie that comes with a request of another site's page counts as no token.",
    ),
    Difference(
        "one-datastack",
        "all",
        "A server knows many datastacks, and virtual ones that show a part of another.",
        "A dataset is one datastack, with one volume and one segmentation.",
        values=(
            "info/001[0] info/012[0] auth/025[1] routes/021[0] materialize/088[0] "
            "materialize/088[1] materialize/089[0]"
        ),
        where=r"content(\.Test volume\.segmentation_layers)?",
    ),
    Difference(
        "words",
        "all",
        "Pages of proxies, descriptions of schemas and most refusals have the servers' words.",
        "They have words of their own, which say what to do. Status and form are the same.",
        values=(
            "info/014[0] schema/002[0] schema/004[0] schema/005[0] schema/006[0] schema/008[0] "
            "schema/009[0] materialize/098[1] annotation/030[1] auth/029[0] auth/034[0] "
            "auth/036[0] state/012[0] state/013[0] routes/089[0] routes/090[0]"
        ),
        where=r"content(\.message|\..*\.des?c?ription)?",
    ),
    # ---- annotation
    Difference(
        "annotation-unknown-table",
        "annotation",
        "The record of a table that does not exist is a 500 with a Python message.",
        "It is a 404.",
        form={"annotation/012[0]": REFUSED_CLEARLY},
    ),
    Difference(
        "annotation-bad-rows",
        "annotation",
        "Rows that do not fit are a 500 whose message begins with 404, 400 or 422, whatever the fault is.",
        "They are a plain 422 or 400 that names row and field.",
        form={"annotation/018[0]": REFUSED_CLEARLY, "annotation/025[0]": "status"},
    ),
    Difference(
        "annotation-field-order",
        "annotation",
        "The fields of a row come in an order that follows no rule that one can see.",
        "They come in the order of the schema, as in tables of materialize.",
        form={
            "annotation/020[0]": "order of fields",
            "annotation/021[0]": "order of fields",
            "auth/028[0]": "order of fields",
        },
    ),
    Difference(
        "annotation-all-or-none",
        "annotation",
        "Rows are updated one by one: what comes before a row that fails stays changed.",
        "All rows of a request are updated, or none.",
    ),
    # ---- auth
    Difference(
        "auth-tokens-not-shown",
        "auth",
        "The list of one's tokens shows them.",
        'A token is shown once, when it is made; the list says "(not stored)".',
    ),
    Difference(
        "auth-pages",
        "auth",
        "There are pages to log in, to accept terms and to manage people.",
        "There is no page to log in: tokens come from the program that serves, and a page says so.",
    ),
    Difference(
        "auth-login-redirect",
        "auth",
        "A browser that is sent to log in comes back to the whole address.",
        "It comes back to the address without its query, where a token may stand.",
    ),
    Difference(
        "auth-bad-numbers",
        "auth",
        "Names of users are asked for by ids; one that is no number is a 500.",
        "It is a 400.",
    ),
    Difference(
        "auth-unknown-names",
        "auth",
        "Changes do not look whether the user, group or permission that they name exists.",
        "They do: 404. A grant without permissions is a 400.",
    ),
    Difference(
        "auth-plain-text",
        "auth",
        "In searches for people % and _ stand for any text.",
        "They stand for themselves.",
    ),
    Difference(
        "auth-page-size", "auth", "A page of people may be of any size.", "It has at most 1,000 people."
    ),
    Difference(
        "auth-at-once",
        "auth",
        "Services remember for minutes what somebody may do.",
        "Changes count from the next request on.",
    ),
    # ---- chunkedgraph
    Difference(
        "graph-covering-nodes",
        "chunkedgraph",
        "Covering nodes of nodes that have the same parent are a 500 with a message of NumPy.",
        "They are answered.",
        form={
            "chunkedgraph/014[0]": "status, header content-type, header vary, compression, typed error, "
            "layout",
        },
    ),
    Difference(
        "graph-find-path",
        "chunkedgraph",
        "A path was a 500 in the recorded deployment.",
        "It is answered.",
        form={"chunkedgraph/017[0]": ANSWERED_PACKED, "chunkedgraph/018[0]": ANSWERED_PACKED},
    ),
    Difference(
        "graph-record",
        "chunkedgraph",
        "`data_dir` of a segmentation's record is where its voxels lie; `bounding_box` is the same for all.",
        "`data_dir` is an address where nothing lies: there are no voxels. `bounding_box` is the volume's.",
        values=(
            "chunkedgraph/020[0] skeleton/008[1] skeleton/009[1] skeleton/010[1] skeleton/011[1] "
            "skeleton/013[1] skeleton/015[1] skeleton/016[1] skeleton/020[1] skeleton/021[1]"
        ),
        where=r"content\.(data_dir|graph\.bounding_box\[\])",
    ),
    Difference(
        "graph-oldest-timestamp",
        "chunkedgraph",
        "The oldest timestamp is half a second before the first edit.",
        "It is the moment of the ingest, from which on all questions about the past are answered.",
        values="chunkedgraph/024[0] chunkedgraph/044[0]",
        where=r"content\.iso",
    ),
    Difference(
        "graph-edges-once",
        "chunkedgraph",
        "Edges between chunks may stand twice in subgraphs and in entries of the log.",
        "Each edge stands once.",
        values="chunkedgraph/016[0] chunkedgraph/041[0] routes/079[0]",
        where=r"content\.(affinities|areas|nodes|each\.(removed_edges|sink_ids\[\]))",
    ),
    Difference(
        "graph-refused-edits",
        "chunkedgraph",
        "Edits that were refused get a number too, and stand in the log of recent edits.",
        "Only edits that were made have a number.",
        values="routes/070[0]",
        where=r"content\.\w+",
    ),
    Difference(
        "graph-chunk-children",
        "chunkedgraph",
        "The children of a chunk are all level-2 nodes that ever were.",
        "They are those of the moment that is asked about, by default of now.",
        values="routes/071[0]",
        where=r"content\.l2_chunk_children",
    ),
    Difference(
        "graph-past-ids-bound",
        "chunkedgraph",
        "`past_id_mapping` ignores `timestamp_future`.",
        "It answers as of that moment.",
    ),
    Difference(
        "graph-unknown-operation",
        "chunkedgraph",
        "Details of an operation that does not exist are a 500 with a Python message.",
        "They are a 404.",
    ),
    # ---- l2cache
    Difference(
        "level2-columns",
        "l2cache",
        "The list of attributes has columns of the database that cannot be asked for.",
        "It has the eight attributes.",
        form={"l2cache/004[0]": "fields and types", "l2cache/005[0]": "fields and types"},
    ),
    Difference(
        "level2-from-boxes",
        "l2cache",
        "Attributes are computed from voxels.",
        "They are computed from the supervoxels' positions and sizes, as if each were a box.",
        values="l2cache/006[0] l2cache/008[0] l2cache/009[0] l2cache/010[0]",
        where=r"content\.each\.(area_nm2|chunk_intersect_count|m\w+_dt_nm|pca_val|rep_coord_nm)[][]*",
    ),
    Difference(
        "level2-unknown-attribute",
        "l2cache",
        "An attribute that does not exist is a 500 page.",
        "It is a 400 that names the attributes there are.",
        form={"l2cache/012[0]": "status, header content-type, typed error, layout"},
    ),
    # ---- materialize
    Difference(
        "query-exclusion",
        "materialize",
        "The exclusion filter (`filter_notin_dict`) is ignored.",
        "It excludes.",
        values="materialize/025[0] routes/051[0]",
        where=r"rows",
    ),
    Difference(
        "query-bad-columns",
        "materialize",
        "A column that does not exist is a 500 with nothing but its name.",
        "It is a 400 that names the nearest columns.",
        form={"materialize/041[0]": REFUSED_CLEARLY, "materialize/046[0]": REFUSED_CLEARLY},
    ),
    Difference(
        "query-live-limit",
        "materialize",
        "A limit of a live query counts rows of the version alone; rows posted since come on top.",
        "No more rows come than the limit says.",
        values="materialize/074[0]",
        where=r"rows",
    ),
    Difference(
        "query-live-valid",
        "materialize",
        "`valid` is empty in rows of a live query that were posted after the version.",
        "It is true.",
        values="materialize/064[0] materialize/065[0] materialize/093[0]",
        where=r"cells\[\]\.valid",
    ),
    Difference(
        "query-random-sample",
        "materialize",
        "A random sample is drawn as percent of a table; small tables come whole.",
        "It has as many rows as were asked for.",
        values="materialize/086[0]",
        where=r"rows",
    ),
    Difference(
        "query-through-text",
        "materialize",
        "Without `direct_sql_pandas` rows go through CSV: booleans become text, ids may become floats.",
        "Types are the same with and without it.",
    ),
    Difference(
        "query-live-nothing",
        "materialize",
        "A live query that finds nothing may be a 500 that means 400.",
        "It is a table without rows.",
    ),
    Difference(
        "query-row-cap",
        "materialize",
        "An answer has at most 200,000 rows, or what the deployment says.",
        "It has at most as many as `row_cap` of `dataset.json` says, by default 500,000.",
    ),
    Difference(
        "jobs-at-once",
        "materialize",
        "Supervoxels of new rows are looked up by a job, later; until then live queries may refuse them.",
        "They are looked up before a post is answered, so there are no jobs to watch.",
    ),
    Difference(
        "query-permissions",
        "materialize",
        "Whether a private table may be read is remembered for ten minutes, for everybody alike.",
        "Each caller is judged each time.",
        form=dict.fromkeys(
            ("auth/032[1]", "auth/033[2]"),
            "status, header cache-control, header column_names, header content-type, "
            "header dataframe_resolution, header dataframe_resolution each time, typed error",
        ),
    ),
    Difference(
        "query-precomputed",
        "materialize",
        "Annotation layers for viewers are a 500 as soon as a table changed after the newest version.",
        "They are answered; a cell that does not exist is a 404.",
        form={
            "materialize/108[0]": ANSWERED,
            "routes/040[0]": ANSWERED,
            "routes/041[0]": ANSWERED_BYTES,
            "routes/042[0]": ANSWERED_BYTES,
            "routes/043[0]": "typed error",
        },
    ),
    # ---- skeleton
    Difference(
        "skeleton-vertices",
        "skeleton",
        "Level-2 nodes within 7.5 µm of a path or of the soma are collapsed into it.",
        "Every level-2 node is a vertex, nothing is collapsed, and compartment 1 is only where a soma is. "
        "Its record says so.",
        values="skeleton/008[3] skeleton/009[3] skeleton/010[3] skeleton/011[3] skeleton/021[3]",
        where=r"content(\.meta\.\w+|\.\w+[][]*)?",
    ),
    Difference(
        "skeleton-at-once",
        "skeleton",
        'Skeletons are made by and by: callers are told how many seconds it takes, and "async" meanwhile.',
        "They are made at once: 0 seconds.",
        form={"skeleton/015[4]": "fields and types", "skeleton/016[4]": "fields and types"},
        values="skeleton/013[2] skeleton/014[1] skeleton/018[1] skeleton/019[1] routes/085[0]",
        where=r"content(\.each)?",
    ),
    Difference(
        "skeleton-file-names",
        "skeleton",
        "The recorded server listed no file of a skeleton that it had.",
        "Kept files are listed, under names of version, root and datastack.",
        values="skeleton/005[1] skeleton/017[1]",
        where=r"content\.(files|num_found)",
    ),
    Difference(
        "skeleton-many-ids",
        "skeleton",
        "More than ten ids in a path are cut to ten, silently.",
        "They are a 400.",
    ),
    Difference(
        "skeleton-no-roots",
        "skeleton",
        "Where no skeleton can be made of an id, the answer may be a 200 with null.",
        "Ids that are no roots are a 400.",
    ),
    Difference(
        "skeleton-formats",
        "skeleton",
        'HDF5 is a 500 as soon as it is kept, and so is the format "none".',
        'HDF5 is answered; "none" is a 400 that lists the formats.',
    ),
    Difference(
        "skeleton-infos",
        "skeleton",
        "Records of the versions -1 and 0 are a 500.",
        "They are the records of the newest and of the default version.",
    ),
    Difference(
        "skeleton-storage",
        "skeleton",
        "Tokens for kept files open a bucket of a cloud.",
        "They open the same server, at the address that the client it hands out has set.",
    ),
    Difference(
        "skeleton-refusals",
        "skeleton",
        "A list may name cells whose skeletons are not made.",
        "The list is always empty.",
    ),
    # ---- state
    Difference(
        "state-bad-json",
        "state",
        "States that are no JSON are a 500; NaN passes; a state has at most 50 MB, compressed.",
        "Both are a 400. A state has at most 32 MB, not compressed: more is a 413.",
    ),
    Difference(
        "state-bad-numbers",
        "state",
        "Ids of states that are no numbers are a 500.",
        "They are a 404.",
    ),
    Difference(
        "state-labels",
        "state",
        "Plain JSON is said to be deflated if only gzip is accepted; if only deflate is, the reverse.",
        "What is deflated is said to be deflated, and only who accepts that gets it.",
    ),
    Difference(
        "state-other-addresses",
        "state",
        "Addresses that states are posted to answer GET too, and there is a page about the service.",
        "They are a 404 or 405.",
    ),
)
