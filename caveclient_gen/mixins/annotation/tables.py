"""Tables: make them, list them, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.normalise import NORMALISERS
from caveclient_gen.mixins.annotation.volume import VolumeMixin
from caveclient_gen.mixins.resolutions import AXES, with_resolution

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike


class TablesMixin(VolumeMixin):
    """Tables of an aligned volume."""

    def get_tables(
        self,
        aligned_volume_name: str | None = None,
        *,
        timestamp: TimeLike | None = None,
        filter_valid: bool | None = None,
    ) -> list[str]:
        """
        List the tables of an aligned volume.

        Parameters
        ----------
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        timestamp : datetime.datetime, optional
            List the tables of that moment. Sent for servers to come: those of today list the tables of now,
            and the client warns of that.
        filter_valid : bool, optional
            False lists tables too that were deleted. Left out: the server's choice, True.

        Returns
        -------
        list of str
            Names of the tables.

        Examples
        --------
        >>> client.annotation.get_tables()  # doctest: +ELLIPSIS
        ['nuclei', 'cell_types', 'tags', ...]
        """
        if timestamp is not None:
            self._warn_once(
                "timestamp of get_tables",
                "Take this list for that of now: no AnnotationEngine up to 4.35.0 acts on the timestamp of "
                "get_tables. client.materialize.get_tables(version=...) lists the tables of a moment.",
            )
        return self._get_tables(aligned_volume_name, timestamp=timestamp, filter_valid=filter_valid)

    def create_table(
        self,
        table_name: str,
        schema_name: str,
        description: str,
        voxel_resolution: ResolutionLike,
        reference_table: str | None = None,
        track_target_id_updates: bool | None = None,
        flat_segmentation_source: str | None = None,
        user_id: int | None = None,
        aligned_volume_name: str | None = None,
        write_permission: str = "PRIVATE",
        read_permission: str = "PUBLIC",
        notice_text: str | None = None,
    ) -> str:
        """
        Make a table.

        Parameters
        ----------
        table_name : str
            Its name: lowercase letters, digits and "_".
        schema_name : str
            Name of its schema; `client.schema.get_schemas()` lists them.
        description : str
            For people: what is in it, who made it and how, whom to ask before using it.
        voxel_resolution : list of float
            Size of the voxels that its points will count, in nm: x, y and z.
        reference_table : str, optional
            For schemas whose rows refer to rows of another table: that table.
        track_target_id_updates : bool, optional
            Follow the rows of `reference_table` when they are replaced.
        flat_segmentation_source : str, optional
            A flat segmentation that belongs to the table: "precomputed://gs://...".
        user_id : int, optional
            Its owner, if that is somebody else than you.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        write_permission, read_permission : str
            Who may write and read: "PRIVATE" (you), "GROUP" (people in a group with you) or "PUBLIC".
        notice_text : str, optional
            What everybody is told who queries the table. "" and "none" mean no text.

        Returns
        -------
        str
            The name of the table.

        Raises
        ------
        BadRequestError
            The name cannot be used or is taken, or there is no such schema.

        Examples
        --------
        >>> client.annotation.create_table(
        ...     "t_synapses", "synapse", "Synapses of the test bench", voxel_resolution=[4, 4, 40]
        ... )
        't_synapses'
        """
        sizes = NORMALISERS["resolution"](voxel_resolution, "voxel_resolution")
        reference = _given(reference_table=reference_table, track_target_id_updates=track_target_id_updates)
        metadata = {
            "description": description,
            **dict(zip(AXES, map(float, sizes), strict=True)),
            "read_permission": read_permission,
            "write_permission": write_permission,
            **_given(user_id=user_id, notice_text=_notice(notice_text)),
            **_given(table_metadata=reference or None, flat_segmentation_source=flat_segmentation_source),
        }
        return self._create_table(schema_name, table_name, metadata, aligned_volume_name)

    def get_table_metadata(self, table_name: str, aligned_volume_name: str | None = None) -> dict[str, Any]:
        """
        Get what is known of a table.

        Parameters
        ----------
        table_name : str
            Name of the table.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.

        Returns
        -------
        dict
            Schema, owner, description, permissions, and `voxel_resolution` as one list; None where the table
            does not say it.

        Examples
        --------
        >>> client.annotation.get_table_metadata("t_tags")["voxel_resolution"]
        [8.0, 8.0, 40.0]
        """
        return with_resolution(self._get_table_metadata(table_name, aligned_volume_name))

    def update_metadata(
        self,
        table_name: str,
        description: str | None = None,
        flat_segmentation_source: str | None = None,
        read_permission: str | None = None,
        write_permission: str | None = None,
        user_id: int | None = None,
        notice_text: str | None = None,
        aligned_volume_name: str | None = None,
    ) -> dict[str, Any]:
        """
        Change what is known of a table. Only its owner may.

        Parameters
        ----------
        table_name : str
            Name of the table.
        description, flat_segmentation_source : str, optional
            As for `create_table`. Left out, here and below: as it was.
        read_permission, write_permission : str, optional
            "PRIVATE", "GROUP" or "PUBLIC".
        user_id : int, optional
            A new owner. You may not be able to change, write or read the table afterwards.
        notice_text : str, optional
            What everybody is told who queries the table. "" and "none" take the text away.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.

        Returns
        -------
        dict
            What is known of the table now, as `get_table_metadata` returns it.

        Raises
        ------
        AuthError
            The table is not yours.

        Examples
        --------
        >>> changed = client.annotation.update_metadata(
        ...     "t_tags", description="free tags, described anew", notice_text="a notice"
        ... )
        >>> changed["notice_text"]
        'a notice'
        """
        metadata = _given(
            description=description,
            flat_segmentation_source=flat_segmentation_source,
            read_permission=read_permission,
            write_permission=write_permission,
            user_id=user_id,
            notice_text=_notice(notice_text),
        )
        changed = self._update_metadata(table_name, metadata, aligned_volume_name)
        return with_resolution(changed)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _notice(text: str | None) -> str | None:
    return "" if text is not None and text.lower() == "none" else text
