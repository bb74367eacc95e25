"""`aws_authentication`: requests signed with an access key, or with the keys of a role that it assumes."""

from __future__ import annotations

from typing import Any

from connectors.dialects.itential.configuration import Authentication, Configuration, address_of
from connectors.dialects.itential.form import Form
from connectors.dialects.itential.lifetime import MARGIN, kept_in
from connectors.errors import DefinitionError

_LIFETIME = 3600  # seconds; what the adapter library asks for
_CREDENTIALS = "AssumeRoleResponse.AssumeRoleResult.Credentials"


def aws_table(auth: Authentication, configuration: Configuration, form: Form) -> dict[str, Any]:
    """The part of the definition that says how requests are signed."""
    form.ask("aws_access_key", auth.get("aws_access_key", ""), secret=False)
    form.ask("aws_secret_key", auth.get("aws_secret_key", ""), secret=True)
    own = {"type": "aws-sigv4", "access_key": "{{aws_access_key}}", "secret_key": "{{aws_secret_key}}"}
    if auth.get("aws_session_token"):
        form.ask("aws_session_token", auth.get("aws_session_token"), secret=True)
        own["session_token"] = "{{aws_session_token}}"  # noqa: S105 - a template
    where = {}
    for name in ("region", "service"):
        value = configuration.text(name)
        where[name] = value or f"{{{{{form.ask(name, '', secret=False)}}}}}"
    if not auth.get("aws_iam_role"):
        return {"sign": {**own, **where}}
    role = {
        "access_key": "{{role_access_key}}",
        "secret_key": "{{role_secret_key}}",
        "session_token": "{{access_token}}",
    }
    return {
        "request_session": _assume_role(auth, own, where["region"], form),
        "keep_session": kept_in(auth),
        "token_answer": {
            "any_token_type": True,
            "expires": "iso",
            "default_expires_in": _LIFETIME,
            "margin": MARGIN,
        },
        "sign": {**own, **where, **role},
    }


def _assume_role(auth: Authentication, own: dict[str, str], region: str, form: Form) -> dict[str, Any]:
    """The request that gives the keys of the role (AWS STS, AssumeRole), signed with one's own."""
    rules = auth.table("aws_sts")
    form.ask("aws_iam_role", auth.text("aws_iam_role"), secret=False)
    form.fields["aws_iam_role"] |= {"name": "Role", "tooltip": "The ARN of the role that is assumed."}
    asked = {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": "{{aws_iam_role}}",
        "RoleSessionName": "jackfield-{{now('ms')}}",
        "DurationSeconds": str(_LIFETIME),
    }
    if outside := rules.get("externalId"):
        form.ask("external_id", outside, secret=False)
        asked["ExternalId"] = "{{external_id}}"
    region = str(rules.get("region") or region)
    url = f"https://sts.{region}.amazonaws.com/"
    if endpoint := rules.get("endpoint"):
        if not isinstance(endpoint, str):
            raise DefinitionError("authentication.aws_sts.endpoint must be text.")
        form.ask("sts_address", address_of("https", endpoint, 0), secret=False)
        form.fields["sts_address"] |= {"name": "STS address", "format": "url"}
        url = "{{sts_address | strip_slash}}/"
    return {
        "url": url,
        "method": "POST",
        "form": asked,
        "sign": {**own, "region": region, "service": "sts"},
        "error_path": "ErrorResponse.Error.Message",
        "keep": {
            "access_token": f"{_CREDENTIALS}.SessionToken",
            "role_access_key": f"{_CREDENTIALS}.AccessKeyId",
            "role_secret_key": f"{_CREDENTIALS}.SecretAccessKey",
            "expires_in": f"{_CREDENTIALS}.Expiration",
        },
    }
