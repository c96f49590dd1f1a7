"""What people do with packages that are written for `caveclient`. Nothing here knows of `caveclient_gen`.

`python jobs.py SERVER JOB` does one of them and prints what came out as JSON, so that a test can do it with
either client and compare.
"""

import json
import sys

import numpy as np
import pandas as pd
from caveclient import CAVEclient

ROOT = 288230376151712110
SKELETONIZED = 288230376151711749


def plain(value):
    """Turn arrays and frames into what JSON can hold, dtypes included."""
    if isinstance(value, pd.DataFrame):
        columns = (value.iloc[:, place] for place in range(value.shape[1]))
        return sorted([str(column.name), str(column.dtype), plain(column.to_list())] for column in columns)
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.kind, "values": value.tolist()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def viewer_state(client):
    """nglui: layers from the client, synapses from a query as points, a link through the state service."""
    from nglui.statebuilder import ViewerState

    table = client.materialize.query_table("synapses", desired_resolution=[1, 1, 1], split_positions=True)
    viewer = (
        ViewerState(client=client)
        .add_layers_from_client(target_url=True)
        .add_segments([ROOT])
        .add_points(
            data=table.head(5),
            name="synapses",
            point_column="ctr_pt_position",
            segment_column="pre_pt_root_id",
            data_resolution=[1, 1, 1],
        )
    )
    link = viewer.to_link_shortener()
    return {
        "state": viewer.to_dict(),
        "link": link,
        "uploaded": client.state.get_state_json(int(link.rpartition("/")[2])),
        "html": viewer.to_link(shorten=True, client=client).data,
    }


def points_from_cells(client):
    """nglui: positions as one cell each, as queries give them if nothing else is asked for."""
    from nglui.statebuilder import ViewerState

    table = client.materialize.query_table("synapses")
    resolution = table.attrs["dataframe_resolution"]
    viewer = ViewerState(client=client).add_layers_from_client()
    viewer.add_points(
        data=table,
        name="points",
        point_column="post_pt_position",
        data_resolution=resolution,
    )
    viewer.add_lines(
        data=table,
        name="lines",
        point_a_column="pre_pt_position",
        point_b_column="post_pt_position",
        data_resolution=resolution,
    )
    return viewer.to_dict()


def neuron_link(client):
    """nglui: a neuron with its inputs and outputs in one call."""
    from nglui.statebuilder import helpers

    return [
        helpers.make_neuron_neuroglancer_link(client, ROOT, return_as="dict"),
        helpers.make_neuron_neuroglancer_link(
            client, [ROOT], return_as="url", shorten="always", target_url=client.info.viewer_site()
        ),
    ]


def segment_properties(client):
    """nglui: properties of segments, left with the state service."""
    from nglui.statebuilder import ViewerState

    table = pd.DataFrame({"root": [ROOT, ROOT + 1], "kind": ["a", "b"], "volume": [1.5, 2.5]})
    viewer = ViewerState(client=client).add_layers_from_client()
    viewer.add_segment_properties(
        data=table, id_column="root", label_column="kind", number_columns="volume", client=client
    )
    return viewer.to_dict()


def skeleton(client):
    """pcg-skel: a skeleton from the level 2 graph and the L2 cache."""
    import pcg_skel

    result, mesh, (to_vertex, _) = pcg_skel.pcg_skeleton(
        ROOT, client, return_mesh=True, return_l2dict_mesh=True, invalidation_d=3000
    )
    return {
        "vertices": result.vertices,
        "edges": result.edges,
        "root": int(result.root),
        "ends": np.sort(result.end_points),
        "branches": result.branch_points,
        "length": float(result.path_length()),
        "mesh vertices": mesh.vertices,
        "vertex of chunk": to_vertex,
    }


def meshwork(client):
    """pcg-skel: a cell with its synapses of both kinds and the volumes of its chunks."""
    import pcg_skel

    cell = pcg_skel.pcg_meshwork(ROOT, client=client, synapses="all", live_query=True, synapse_partners=True)
    pcg_skel.add_volumetric_properties(cell, client)
    pcg_skel.add_segment_properties(cell)
    return {
        "tables": sorted(cell.anno.table_names),
        "pre": cell.anno.pre_syn.df,
        "post": cell.anno.post_syn.df,
        "lvl2_ids": cell.anno.lvl2_ids.df,
        "volumes": cell.anno.vol_prop.df,
        "segments": cell.anno.segment_properties.df,
        "length": float(cell.skeleton.path_length()),
    }


def served_skeleton(client):
    """pcg-skel: a cell rebuilt from what the skeleton service has."""
    import pcg_skel

    cell = pcg_skel.get_meshwork_from_client(SKELETONIZED, client)
    return {
        "tables": sorted(cell.anno.table_names),
        "vertices": cell.skeleton.vertices,
        "radius": cell.skeleton.radius,
        "lvl2_ids": cell.anno.lvl2_ids.df,
    }


def level2_of_synapses(client):
    """pcg-skel: level 2 ids beside the synapses of a frozen query."""
    import pcg_skel

    table = client.materialize.query_table("synapses", filter_equal_dict={"pre_pt_root_id": ROOT})
    return pcg_skel.annotation_to_level2_id(table, client, bound_pt_columns=["pre_pt", "post_pt"])


def parsed_state(client):
    """nglui: read a state that somebody shared."""
    from nglui import parser

    uploaded = client.state.upload_state_json(viewer_state(client)["state"])
    state = parser.StateParser(client.state.get_state_json(uploaded))
    return {
        "layers": state.layer_names,
        "annotations": state.annotation_dataframe().drop(columns="anno_id", errors="ignore"),
    }


JOBS = {
    job.__name__: job
    for job in (
        viewer_state,
        points_from_cells,
        neuron_link,
        segment_properties,
        parsed_state,
        skeleton,
        meshwork,
        served_skeleton,
        level2_of_synapses,
    )
}

if __name__ == "__main__":
    server, name = sys.argv[1:]
    made = CAVEclient("testds", server_address=server, auth_token="a" * 32)
    print(json.dumps(plain(JOBS[name](made))))
