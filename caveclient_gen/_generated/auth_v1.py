# Generated from spec/auth/v1.yaml. Change the descriptor and run `make generate`.
"""Auth API 1: tokens, users, groups and permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Deprecation, ItemLimit, Operation, Param

from .endpoints import AUTH_COMMON, AUTH_V1
from .services import AUTH

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import IntsLike

    from .types_auth import (
        GroupGrant,
        GroupUser,
        MissingTerms,
        Named,
        Permissions,
        PermissionSet,
        Terms,
        Token,
        User,
    )

Service: TypeAlias = Literal["datastack", "aligned_volume", "pychunkedgraph"]


class AuthOperationsV1(ClientBase):
    """Tokens, users, groups and permissions.

    Ordinary users may ask about themselves; what says so needs administration rights over some group or
    permission set.
    """

    _service = AUTH
    _api = "1"
    _endpoints = {**AUTH_COMMON, **AUTH_V1}
    _operations = {
        "get_tokens": Operation(
            name="get_tokens",
            method="GET",
            path="/auth/api/v1/user/token",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "create_token": Operation(
            name="create_token",
            method="POST",
            path="/auth/api/v1/user/token",
            safe=False,
            check="List your tokens with get_tokens(): one that was just made stands first, and revoke_token() removes one too many.",
            params=(
                Param(
                    name="description", type="str", location="body", wire=("description",), encode="native"
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_token_ttl": Operation(
            name="get_token_ttl",
            method="GET",
            path="/auth/api/v1/user/token/{key}/ttl",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="token", type="str", location="path", wire=("key",), encode="scalar", required=True
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "revoke_token": Operation(
            name="revoke_token",
            method="DELETE",
            path="/auth/api/v1/user/token/{token_id}",
            safe=False,
            check="List your tokens with get_tokens(): a revoked one is gone.",
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="token_id",
                    type="int",
                    location="path",
                    wire=("token_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "refresh_token": Operation(
            name="refresh_token",
            method="GET",
            path="/auth/api/v1/refresh_token",
            safe=False,
            check="List your tokens with get_tokens(): the new one stands first.",
            response=(Arm(decode="json"),),
            deprecated=Deprecation(
                since="0.1.0",
                use="create_token",
                message="It makes every computer that uses the old token lose access.",
            ),
        ),
        "logout": Operation(
            name="logout",
            method="GET",
            path="/auth/api/v1/logout",
            safe=False,
            check="Call whoami(): it fails once the token is invalid.",
            response=(Arm(decode="json"),),
        ),
        "new_token_page": Operation(
            name="new_token_page", method="GET", path="/auth/api/v1/create_token", safe=True, kind="url"
        ),
        "token_page": Operation(
            name="token_page", method="GET", path="/sticky_auth/settings/tokens", safe=True, kind="url"
        ),
        "whoami": Operation(
            name="whoami",
            method="GET",
            path="/auth/api/v1/user/me",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_permissions": Operation(
            name="get_permissions",
            method="GET",
            path="/auth/api/v1/user/cache",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_current_permissions": Operation(
            name="get_current_permissions",
            method="GET",
            path="/auth/api/v1/my_permissions",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_missing_terms": Operation(
            name="get_missing_terms",
            method="GET",
            path="/auth/api/v1/user/missing",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_table_permission_set": Operation(
            name="get_table_permission_set",
            method="GET",
            path="/auth/api/v1/service/{service}/table/{table}/dataset",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="service",
                    type="str",
                    location="path",
                    wire=("service",),
                    encode="scalar",
                    required=True,
                    choices=("datastack", "aligned_volume", "pychunkedgraph"),
                ),
                Param(
                    name="table", type="str", location="path", wire=("table",), encode="scalar", required=True
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_user_information": Operation(
            name="get_user_information",
            method="GET",
            path="/auth/api/v1/user",
            safe=True,
            params=(
                Param(
                    name="user_ids",
                    type="int_array",
                    location="query",
                    wire=("id",),
                    encode="csv",
                    required=True,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="user_ids", max=200, on_exceed="split", merge="concat"),),
        ),
        "get_usernames": Operation(
            name="get_usernames",
            method="GET",
            path="/auth/api/v1/username",
            safe=True,
            params=(
                Param(
                    name="user_ids",
                    type="int_array",
                    location="query",
                    wire=("id",),
                    encode="csv",
                    required=True,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="user_ids", max=200, on_exceed="split", merge="concat"),),
        ),
        "find_users": Operation(
            name="find_users",
            method="GET",
            path="/auth/api/v1/user",
            safe=True,
            params=(
                Param(
                    name="email",
                    type="str",
                    location="query",
                    wire=("email",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "find_users_by_name": Operation(
            name="find_users_by_name",
            method="GET",
            path="/auth/api/v1/user",
            safe=True,
            params=(
                Param(
                    name="name", type="str", location="query", wire=("name",), encode="scalar", required=True
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_user": Operation(
            name="get_user",
            method="GET",
            path="/auth/api/v1/user/{user_id}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="user_id",
                    type="int",
                    location="path",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_user_groups": Operation(
            name="get_user_groups",
            method="GET",
            path="/auth/api/v1/user/{user_id}/group",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="user_id",
                    type="int",
                    location="path",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_user_terms": Operation(
            name="get_user_terms",
            method="GET",
            path="/auth/api/v1/user/{user_id}/tos",
            safe=True,
            params=(
                Param(
                    name="user_id",
                    type="int",
                    location="path",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_user_permissions": Operation(
            name="get_user_permissions",
            method="GET",
            path="/auth/api/v1/user/{user_id}/permissions",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="user_id",
                    type="int",
                    location="path",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_service_accounts": Operation(
            name="get_service_accounts",
            method="GET",
            path="/auth/api/v1/service_account",
            safe=True,
            params=(Param(name="name", type="str", location="query", wire=("name",), encode="scalar"),),
            response=(Arm(decode="json"),),
        ),
        "get_group_users": Operation(
            name="get_group_users",
            method="GET",
            path="/auth/api/v1/group/{group_id}/user",
            safe=True,
            params=(
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_groups": Operation(
            name="get_groups",
            method="GET",
            path="/auth/api/v1/group",
            safe=True,
            params=(Param(name="name", type="str", location="query", wire=("name",), encode="scalar"),),
            response=(Arm(decode="json"),),
        ),
        "get_group": Operation(
            name="get_group",
            method="GET",
            path="/auth/api/v1/group/{group_id}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_group_permission_sets": Operation(
            name="get_group_permission_sets",
            method="GET",
            path="/auth/api/v1/group/{group_id}/dataset",
            safe=True,
            params=(
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_group_admins": Operation(
            name="get_group_admins",
            method="GET",
            path="/auth/api/v1/group/{group_id}/admin",
            safe=True,
            params=(
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "create_group": Operation(
            name="create_group",
            method="POST",
            path="/auth/api/v1/group",
            safe=False,
            check="Look for its name with get_groups().",
            params=(
                Param(
                    name="name", type="str", location="body", wire=("name",), encode="native", required=True
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "add_user_to_group": Operation(
            name="add_user_to_group",
            method="POST",
            path="/auth/api/v1/group/{group_id}/user",
            safe=False,
            check="Look for the user with get_group_users().",
            params=(
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="user_id",
                    type="int",
                    location="body",
                    wire=("user_id",),
                    encode="native",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "set_group_admin": Operation(
            name="set_group_admin",
            method="PUT",
            path="/auth/api/v1/group/{group_id}/user/{user_id}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="user_id",
                    type="int",
                    location="path",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="admin",
                    type="bool",
                    location="body",
                    wire=("admin",),
                    encode="native",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "remove_user_from_group": Operation(
            name="remove_user_from_group",
            method="DELETE",
            path="/auth/api/v1/group/{group_id}/user/{user_id}",
            safe=False,
            check="Look for the user with get_group_users().",
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="user_id",
                    type="int",
                    location="path",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_permission_sets": Operation(
            name="get_permission_sets",
            method="GET",
            path="/auth/api/v1/dataset",
            safe=True,
            response=(Arm(decode="json"),),
        ),
        "get_permission_set": Operation(
            name="get_permission_set",
            method="GET",
            path="/auth/api/v1/dataset/{dataset_id}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="dataset_id",
                    type="int",
                    location="path",
                    wire=("dataset_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_permission_set_admins": Operation(
            name="get_permission_set_admins",
            method="GET",
            path="/auth/api/v1/dataset/{dataset_id}/admin",
            safe=True,
            params=(
                Param(
                    name="dataset_id",
                    type="int",
                    location="path",
                    wire=("dataset_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_permission_set_groups": Operation(
            name="get_permission_set_groups",
            method="GET",
            path="/auth/api/v1/dataset/{dataset_id}/group",
            safe=True,
            params=(
                Param(
                    name="dataset_id",
                    type="int",
                    location="path",
                    wire=("dataset_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "grant_permissions": Operation(
            name="grant_permissions",
            method="POST",
            path="/auth/api/v1/dataset/{dataset_id}/group",
            safe=False,
            check="Look for the group and the permission with get_permission_set_groups().",
            params=(
                Param(
                    name="dataset_id",
                    type="int",
                    location="path",
                    wire=("dataset_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="group_id",
                    type="int",
                    location="body",
                    wire=("group_id",),
                    encode="native",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="permission_ids",
                    type="int_array",
                    location="body",
                    wire=("permission_ids",),
                    encode="native",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "withdraw_permission": Operation(
            name="withdraw_permission",
            method="DELETE",
            path="/auth/api/v1/dataset/{dataset_id}/group/{group_id}/permission/{permission_id}",
            safe=False,
            check="Look for the group and the permission with get_permission_set_groups().",
            params=(
                Param(
                    name="dataset_id",
                    type="int",
                    location="path",
                    wire=("dataset_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="group_id",
                    type="int",
                    location="path",
                    wire=("group_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="permission_id",
                    type="int",
                    location="path",
                    wire=("permission_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_permission_names": Operation(
            name="get_permission_names",
            method="GET",
            path="/auth/api/v1/permission",
            safe=True,
            params=(Param(name="name", type="str", location="query", wire=("name",), encode="scalar"),),
            response=(Arm(decode="json"),),
        ),
        "get_all_terms": Operation(
            name="get_all_terms",
            method="GET",
            path="/auth/api/v1/tos",
            safe=True,
            params=(Param(name="name", type="str", location="query", wire=("name",), encode="scalar"),),
            response=(Arm(decode="json"),),
        ),
        "get_terms": Operation(
            name="get_terms",
            method="GET",
            path="/auth/api/v1/tos/{tos_id}",
            safe=True,
            errors=((404, "NotFoundError"),),
            params=(
                Param(
                    name="tos_id",
                    type="int",
                    location="path",
                    wire=("tos_id",),
                    encode="scalar",
                    required=True,
                    minimum=0,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
    }

    def get_tokens(self) -> list[Token]:
        """List the tokens that you have made, newest first.

        Returns
        -------
        list[Token]
            Your tokens.

        Examples
        --------
        >>> answer = client.auth.get_tokens()
        """
        answer: list[Token] = self._call("get_tokens")
        return answer

    def create_token(self, description: str | None = None) -> str:
        """Make a new token; the ones that you have stay valid.

        Parameters
        ----------
        description : str, optional
            What it is for, so that you know it in the list later.

        Returns
        -------
        str
            The new token.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. List your tokens with get_tokens(): one that was
            just made stands first, and revoke_token() removes one too many.

        Examples
        --------
        >>> client.auth.create_token(description="laptop")
        '0123456789abcdef0123456789abcdef'
        """
        answer: str = self._call("create_token", description=description)
        return answer

    def _get_token_ttl(self, token: str) -> int:
        """Tell how long a token stays valid.

        Parameters
        ----------
        token : str
            The token.

        Returns
        -------
        int
            Seconds; -1 if it does not expire.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        """
        answer: int = self._call("get_token_ttl", token=token)
        return answer

    def revoke_token(self, token_id: int) -> str:
        """Make a token invalid, for good.

        Parameters
        ----------
        token_id : int
            Number of the token. `get_tokens` lists what there is. At least 0.

        Returns
        -------
        str
            "success".

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        UnknownOutcomeError
            The answer was lost, so it may have happened. List your tokens with get_tokens(): a revoked one
            is gone.

        Examples
        --------
        >>> client.auth.revoke_token(8)
        'success'
        """
        answer: str = self._call("revoke_token", token_id=token_id)
        return answer

    def refresh_token(self) -> str:
        """Exchange your only token for a new one.

        .. deprecated:: 0.1.0
            It makes every computer that uses the old token lose access. Use `create_token` instead.

        Returns
        -------
        str
            The new token.

        Raises
        ------
        UnknownOutcomeError
            The answer was lost, so it may have happened. List your tokens with get_tokens(): the new one
            stands first.

        Examples
        --------
        >>> client.auth.refresh_token()
        '0123456789abcdef0123456789abcdef'
        """
        answer: str = self._call("refresh_token")
        return answer

    def logout(self) -> str:
        """Make the temporary token that you are using invalid; a token made with create_token is refused.

        Returns
        -------
        str
            "success".

        Raises
        ------
        UnknownOutcomeError
            The answer was lost, so it may have happened. Call whoami(): it fails once the token is invalid.

        Examples
        --------
        >>> client.auth.logout()
        'success'
        """
        answer: str = self._call("logout")
        return answer

    def _new_token_page(self) -> str:
        """Address of the page that makes a new token each time it is opened.

        Returns
        -------
        str
            The address; nothing is sent.
        """
        answer: str = self._call("new_token_page")
        return answer

    def _token_page(self) -> str:
        """Address of the page that lists your tokens.

        Returns
        -------
        str
            The address; nothing is sent.
        """
        answer: str = self._call("token_page")
        return answer

    def whoami(self) -> User:
        """Tell who you are to the servers.

        Returns
        -------
        User
            Your record.

        Examples
        --------
        >>> answer = client.auth.whoami()
        """
        answer: User = self._call("whoami")
        return answer

    def get_permissions(self) -> Permissions:
        """Tell what you may do, which groups you belong to and which terms of service you have to accept.

        This is what the services go by. They keep it for a while: get_current_permissions() shows what a
        change just made will give you.

        Returns
        -------
        Permissions
            What you may do.

        Examples
        --------
        >>> answer = client.auth.get_permissions()
        """
        answer: Permissions = self._call("get_permissions")
        return answer

    def get_current_permissions(self) -> Permissions:
        """Tell what you may do, worked out anew instead of from what the services have stored.

        Returns
        -------
        Permissions
            What you may do.

        Examples
        --------
        >>> answer = client.auth.get_current_permissions()
        """
        answer: Permissions = self._call("get_current_permissions")
        return answer

    def get_missing_terms(self) -> list[MissingTerms]:
        """List the terms of service that you have to accept.

        Returns
        -------
        list[MissingTerms]
            Terms still to accept.

        Examples
        --------
        >>> client.auth.get_missing_terms()
        [{'dataset_id': 2, 'dataset_name': 'tosdata', 'tos_id': 2, 'tos_name': 'bench terms'}]
        """
        answer: list[MissingTerms] = self._call("get_missing_terms")
        return answer

    def get_table_permission_set(self, service: Service, table: str) -> str:
        """Tell which permission set guards a datastack, an aligned volume or a segmentation.

        Together with get_permissions() it explains why a call was refused.

        Parameters
        ----------
        service : str
            Kind of thing. One of "datastack", "aligned_volume", "pychunkedgraph".
        table : str
            Its name: of the datastack, aligned volume or segmentation table.

        Returns
        -------
        str
            Name of the permission set.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> client.auth.get_table_permission_set("datastack", "testds")
        'benchdata'
        """
        answer: str = self._call("get_table_permission_set", service=service, table=table)
        return answer

    def _get_user_information(self, user_ids: IntsLike, *, progress: bool | None = None) -> list[User]:
        """Get the records of users, if you administer some group or permission set.

        Parameters
        ----------
        user_ids : array of int, shape (n,)
            Numbers of the users.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        list[User]
            Records of the users that exist, in no order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 200 `user_ids` are sent in several requests.
        """
        answer: list[User] = self._call("get_user_information", user_ids=user_ids, progress=progress)
        return answer

    def _get_usernames(self, user_ids: IntsLike, *, progress: bool | None = None) -> list[Named]:
        """Look up the names of users; everybody may.

        Parameters
        ----------
        user_ids : array of int, shape (n,)
            Numbers of the users.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        list[Named]
            Names of the users that exist, in no order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 200 `user_ids` are sent in several requests.
        """
        answer: list[Named] = self._call("get_usernames", user_ids=user_ids, progress=progress)
        return answer

    def find_users(self, email: str) -> list[User]:
        """Find users by a part of their mail address, if you administer some group or permission set.

        Parameters
        ----------
        email : str
            Part of the mail address; capitals and small letters are the same.

        Returns
        -------
        list[User]
            Records of the users found.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.find_users("viewer@")
        []
        """
        answer: list[User] = self._call("find_users", email=email)
        return answer

    def find_users_by_name(self, name: str) -> list[User]:
        """Find users by a part of their name, if you administer some group or permission set.

        Parameters
        ----------
        name : str
            Part of the name; capitals and small letters are the same.

        Returns
        -------
        list[User]
            Records of the users found.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.find_users_by_name("viewer")
        []
        """
        answer: list[User] = self._call("find_users_by_name", name=name)
        return answer

    def get_user(self, user_id: int) -> User:
        """Get the record of one user.

        Parameters
        ----------
        user_id : int, user id
            Number of the user. At least 0.

        Returns
        -------
        User
            The user's record.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> answer = client.auth.get_user(3)
        """
        answer: User = self._call("get_user", user_id=user_id)
        return answer

    def get_user_groups(self, user_id: int) -> list[Named]:
        """List the groups of a user, if you administer some group or permission set.

        Parameters
        ----------
        user_id : int, user id
            Number of the user. At least 0.

        Returns
        -------
        list[Named]
            The user's groups.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> client.auth.get_user_groups(3)
        [{'id': 3, 'name': 'viewers'}]
        """
        answer: list[Named] = self._call("get_user_groups", user_id=user_id)
        return answer

    def get_user_terms(self, user_id: int) -> list[Named]:
        """List the terms of service that a user has accepted, if you administer some group or permission set.

        Parameters
        ----------
        user_id : int, user id
            Number of the user. At least 0.

        Returns
        -------
        list[Named]
            The accepted terms.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_user_terms(3)
        [{'id': 2, 'name': 'bench terms'}]
        """
        answer: list[Named] = self._call("get_user_terms", user_id=user_id)
        return answer

    def get_user_permissions(self, user_id: int) -> Permissions:
        """Tell what a user may do, if you administer some group or permission set.

        Parameters
        ----------
        user_id : int, user id
            Number of the user. At least 0.

        Returns
        -------
        Permissions
            What the user may do.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> client.auth.get_user_permissions(3)
        {'id': 3, 'name': 'Bench Viewer', 'groups': ['viewers']}
        """
        answer: Permissions = self._call("get_user_permissions", user_id=user_id)
        return answer

    def get_service_accounts(self, name: str | None = None) -> list[User]:
        """List the service accounts, which belong to machines, if you administer some group or permission set.

        Parameters
        ----------
        name : str, optional
            Part of the name; capitals and small letters are the same.

        Returns
        -------
        list[User]
            The accounts.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_service_accounts()
        []
        """
        answer: list[User] = self._call("get_service_accounts", name=name)
        return answer

    def get_group_users(self, group_id: int) -> list[GroupUser]:
        """List the members of a group, if you administer some group or permission set; none if there is no such group.

        Parameters
        ----------
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.

        Returns
        -------
        list[GroupUser]
            The members.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_group_users(3)
        [{'admin': False, 'id': 3, 'name': 'Bench Viewer'}]
        """
        answer: list[GroupUser] = self._call("get_group_users", group_id=group_id)
        return answer

    def get_groups(self, name: str | None = None) -> list[Named]:
        """List groups, if you administer some group or permission set.

        Parameters
        ----------
        name : str, optional
            Part of the name; capitals and small letters are the same.

        Returns
        -------
        list[Named]
            The groups.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_groups(name="view")
        [{'id': 3, 'name': 'viewers'}]
        """
        answer: list[Named] = self._call("get_groups", name=name)
        return answer

    def get_group(self, group_id: int) -> Named:
        """Get the name of a group, if you administer some group or permission set.

        Parameters
        ----------
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.

        Returns
        -------
        Named
            The group.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> client.auth.get_group(3)
        {'id': 3, 'name': 'viewers'}
        """
        answer: Named = self._call("get_group", group_id=group_id)
        return answer

    def get_group_permission_sets(self, group_id: int) -> list[GroupGrant]:
        """List the permission sets that members of a group may use, and how, if you administer some group or permission set.

        Parameters
        ----------
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.

        Returns
        -------
        list[GroupGrant]
            Permissions, one row each.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_group_permission_sets(3)
        [{'id': 1, 'name': 'benchdata', 'permission': 'view', 'permission_id': 1}]
        """
        answer: list[GroupGrant] = self._call("get_group_permission_sets", group_id=group_id)
        return answer

    def get_group_admins(self, group_id: int) -> list[Named]:
        """List the administrators of a group, if you administer some group or permission set.

        Parameters
        ----------
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.

        Returns
        -------
        list[Named]
            The administrators.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_group_admins(3)
        [{'id': 1, 'name': 'Bench Admin'}]
        """
        answer: list[Named] = self._call("get_group_admins", group_id=group_id)
        return answer

    def create_group(self, name: str) -> str:
        """Make a group, which you then administer.

        Only for those who administer some group or permission set already.

        Parameters
        ----------
        name : str
            Name of the group.

        Returns
        -------
        str
            "success".

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Look for its name with get_groups().

        Examples
        --------
        >>> client.auth.create_group("tracers")
        'success'
        """
        answer: str = self._call("create_group", name=name)
        return answer

    def add_user_to_group(self, group_id: int, user_id: int) -> str:
        """Make a user a member of a group that you administer.

        Parameters
        ----------
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.
        user_id : int, user id
            Number of the user. At least 0.

        Returns
        -------
        str
            "success".

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Look for the user with get_group_users().

        Examples
        --------
        >>> client.auth.add_user_to_group(3, 4)
        'success'
        """
        answer: str = self._call("add_user_to_group", group_id=group_id, user_id=user_id)
        return answer

    def set_group_admin(self, group_id: int, user_id: int, admin: bool) -> str:
        """Say whether a member of a group that you administer shall administer it too.

        Parameters
        ----------
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.
        user_id : int, user id
            Number of the user. At least 0.
        admin : bool
            Whether the user shall administer the group.

        Returns
        -------
        str
            "success".

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> client.auth.set_group_admin(3, 4, True)
        'success'
        """
        answer: str = self._call("set_group_admin", group_id=group_id, user_id=user_id, admin=admin)
        return answer

    def remove_user_from_group(self, group_id: int, user_id: int) -> str:
        """Take a user out of a group that you administer.

        Parameters
        ----------
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.
        user_id : int, user id
            Number of the user. At least 0.

        Returns
        -------
        str
            "success".

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Look for the user with get_group_users().

        Examples
        --------
        >>> client.auth.remove_user_from_group(3, 4)
        'success'
        """
        answer: str = self._call("remove_user_from_group", group_id=group_id, user_id=user_id)
        return answer

    def get_permission_sets(self) -> list[PermissionSet]:
        """List the permission sets that you administer.

        Returns
        -------
        list[PermissionSet]
            The permission sets.

        Examples
        --------
        >>> client.auth.get_permission_sets()
        [{'id': 1, 'name': 'benchdata', 'tos_id': None}]
        """
        answer: list[PermissionSet] = self._call("get_permission_sets")
        return answer

    def get_permission_set(self, dataset_id: int) -> PermissionSet:
        """Get the record of a permission set, if you administer some group or permission set.

        Parameters
        ----------
        dataset_id : int
            Number of the permission set. `get_permission_sets` lists what there is. At least 0.

        Returns
        -------
        PermissionSet
            The permission set.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> client.auth.get_permission_set(1)
        {'id': 1, 'name': 'benchdata', 'tos_id': None}
        """
        answer: PermissionSet = self._call("get_permission_set", dataset_id=dataset_id)
        return answer

    def get_permission_set_admins(self, dataset_id: int) -> list[Named]:
        """List the administrators of a permission set, if you are one.

        Parameters
        ----------
        dataset_id : int
            Number of the permission set. `get_permission_sets` lists what there is. At least 0.

        Returns
        -------
        list[Named]
            The administrators.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_permission_set_admins(1)
        [{'id': 1, 'name': 'Bench Admin'}]
        """
        answer: list[Named] = self._call("get_permission_set_admins", dataset_id=dataset_id)
        return answer

    def get_permission_set_groups(self, dataset_id: int) -> list[GroupGrant]:
        """List the groups that may use a permission set, and how, if you administer it.

        Parameters
        ----------
        dataset_id : int
            Number of the permission set. `get_permission_sets` lists what there is. At least 0.

        Returns
        -------
        list[GroupGrant]
            Permissions, one row each.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_permission_set_groups(1)
        [{'id': 3, 'name': 'viewers', 'permission': 'view', 'permission_id': 1}]
        """
        answer: list[GroupGrant] = self._call("get_permission_set_groups", dataset_id=dataset_id)
        return answer

    def grant_permissions(self, dataset_id: int, group_id: int, permission_ids: IntsLike) -> str:
        """Give a group permissions on a permission set that you administer.

        Parameters
        ----------
        dataset_id : int
            Number of the permission set. `get_permission_sets` lists what there is. At least 0.
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.
        permission_ids : array of int, shape (n,)
            Numbers of the permissions. `get_permission_names` lists what there is.

        Returns
        -------
        str
            "success".

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Look for the group and the permission with
            get_permission_set_groups().

        Examples
        --------
        >>> client.auth.grant_permissions(1, 3, [1, 2])
        'success'
        """
        answer: str = self._call(
            "grant_permissions", dataset_id=dataset_id, group_id=group_id, permission_ids=permission_ids
        )
        return answer

    def withdraw_permission(self, dataset_id: int, group_id: int, permission_id: int) -> str:
        """Take a permission away from a group, on a permission set that you administer.

        Parameters
        ----------
        dataset_id : int
            Number of the permission set. `get_permission_sets` lists what there is. At least 0.
        group_id : int
            Number of the group. `get_groups` lists what there is. At least 0.
        permission_id : int
            Number of the permission. `get_permission_names` lists what there is. At least 0.

        Returns
        -------
        str
            "success".

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Look for the group and the permission with
            get_permission_set_groups().

        Examples
        --------
        >>> client.auth.withdraw_permission(1, 3, 2)
        'success'
        """
        answer: str = self._call(
            "withdraw_permission", dataset_id=dataset_id, group_id=group_id, permission_id=permission_id
        )
        return answer

    def get_permission_names(self, name: str | None = None) -> list[Named]:
        """List the permissions that there are, like view and edit.

        Parameters
        ----------
        name : str, optional
            Part of the name; capitals and small letters are the same.

        Returns
        -------
        list[Named]
            The permissions.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_permission_names()
        [{'id': 1, 'name': 'view'}, {'id': 2, 'name': 'edit'}]
        """
        answer: list[Named] = self._call("get_permission_names", name=name)
        return answer

    def get_all_terms(self, name: str | None = None) -> list[Terms]:
        """List the terms of service that there are.

        Parameters
        ----------
        name : str, optional
            Part of the name; capitals and small letters are the same.

        Returns
        -------
        list[Terms]
            The terms.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.auth.get_all_terms()
        [{'id': 2, 'name': 'bench terms', 'text': 'Be kind.'}]
        """
        answer: list[Terms] = self._call("get_all_terms", name=name)
        return answer

    def get_terms(self, tos_id: int) -> Terms:
        """Get terms of service, if you administer some group or permission set.

        Parameters
        ----------
        tos_id : int
            Number of the terms. `get_all_terms` lists what there is. At least 0.

        Returns
        -------
        Terms
            The terms.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.

        Examples
        --------
        >>> client.auth.get_terms(2)
        {'id': 2, 'name': 'bench terms', 'text': 'Be kind.'}
        """
        answer: Terms = self._call("get_terms", tos_id=tos_id)
        return answer
