from urllib.parse import urlencode


def definition(context):
    # Kept for the length of one connect and shared between the functions below.
    kept = {}

    async def _token(context, **parameters):
        # The parameters have to be in the query; in the body they do not work.
        query = urlencode(
            {
                **parameters,
                "redirect_uri": context.callback_url,
                "client_id": context.client_id,
                "client_secret": context.client_secret,
            }
        )
        answer = await context.http_request("POST", f"https://app.asana.com/-/oauth_token?{query}")
        result = answer.json()
        kept["profile"] = result["data"]
        return {
            "access_token": result["access_token"],
            "refresh_token": result.get("refresh_token", ""),
            "expires_in": result["expires_in"],
        }

    async def request_access_token(context):
        return await _token(context, grant_type="authorization_code", code=context.authorization_code)

    async def refresh_access_token(context):
        return await _token(context, grant_type="refresh_token", refresh_token=context.refresh_token)

    def request_profile_info():
        return kept["profile"]

    def account_name_from_profile_info(context):
        return context.profile_info.get("email") or str(context.profile_info["id"])

    return {
        "account_name_from_profile_info": account_name_from_profile_info,
        "auth_url": "https://app.asana.com/-/oauth_authorize",
        "request_access_token": request_access_token,
        "request_profile_info": request_profile_info,
        "refresh_access_token": refresh_access_token,
        "validate_access_token": {
            "method": "GET",
            "url": "https://app.asana.com/api/1.0/users/me",
            "auth": {"bearer": "{{access_token}}"},
        },
    }
