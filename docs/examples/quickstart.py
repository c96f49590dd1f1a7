"""A first look at a CAVE datastack: what it is, whose cell a supervoxel is, its synapses, its history.

    python docs/examples/quickstart.py SERVER DATASTACK --supervoxels ID ID ...

Without `--token` the token is taken from the environment (CAVE_TOKEN) or the token file.
"""

import argparse

import pandas as pd

from caveclient_gen import CAVEclient


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'-' * len(text)}")


def show_datastack(client: CAVEclient) -> None:
    """Print what the info service says of the datastack."""
    info = client.info.get_datastack_info()
    heading(f"1. The datastack {client.datastack_name!r}")
    print(f"{'description':20s} {info['description']}")
    print(f"{'segmentation':20s} {info['segmentation_source']}")
    print(f"{'synapse table':20s} {info['synapse_table']}")
    print(f"{'viewer resolution':20s} {client.info.viewer_resolution()} nm per voxel")


def show_roots(client: CAVEclient, supervoxels: list[int]) -> None:
    """Print the root id of each supervoxel as it is now."""
    roots = client.chunkedgraph.get_roots(supervoxels)
    heading(f"2. The cells (root ids) of {len(supervoxels)} supervoxels, now")
    print(pd.DataFrame({"supervoxel": supervoxels, "root id": roots}).to_string(index=False))


def show_synapses(client: CAVEclient, count: int) -> None:
    """Print a few synapses with their positions in nm."""
    table = client.info.get_datastack_info()["synapse_table"]
    synapses = client.materialize.query_table(table, limit=count, desired_resolution=[1, 1, 1])
    heading(f"3. {count} synapses of {table!r}, positions in nm (version {client.materialize.version})")
    columns = ["id", "pre_pt_root_id", "post_pt_root_id", "ctr_pt_position", "size"]
    print(synapses[columns].to_string(index=False))


def show_lineage(client: CAVEclient, root: int) -> None:
    """Print which roots became which by the edits that led to `root`."""
    graph = client.chunkedgraph.get_lineage_graph(root, as_nx_graph=True)
    heading(f"4. The lineage of root {root}: which root became which")
    for older, newer in graph.edges:
        print(f"{older}  ->  {newer}")


def main() -> None:
    """Run the four steps against the server named on the command line."""
    parser = argparse.ArgumentParser(description="A first look at a CAVE datastack.")
    parser.add_argument("server", help="address of the global server, https://global.daf-apis.com")
    parser.add_argument("datastack", help="name of the datastack, minnie65_public")
    parser.add_argument("--supervoxels", type=int, nargs="+", required=True, help="supervoxels to look up")
    parser.add_argument("--lineage-of", type=int, required=True, help="root id whose history to show")
    parser.add_argument("--token", help="token, if it is in no file")
    arguments = parser.parse_args()

    client = CAVEclient(arguments.datastack, server_address=arguments.server, auth_token=arguments.token)
    show_datastack(client)
    show_roots(client, arguments.supervoxels)
    show_synapses(client, count=3)
    show_lineage(client, arguments.lineage_of)


if __name__ == "__main__":
    main()
