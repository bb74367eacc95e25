def definition(context):
    async def request_request_token(context):
        answer = await context.http_request(
            "POST", "https://trello.com/1/OAuthGetRequestToken", authenticate=True
        )
        result = answer.members()
        return {
            "request_token": result["oauth_token"],
            "request_token_secret": result["oauth_token_secret"],
        }

    def auth_url(context):
        return (
            "https://trello.com/1/OAuthAuthorizeToken"
            f"?oauth_token={context.request_token}"
            "&name=AppMixer"
            "&scope=read,write,account"
            "&expiration=never"
        )

    async def request_access_token(context):
        answer = await context.http_request(
            "POST", "https://trello.com/1/OAuthGetAccessToken", authenticate=True
        )
        result = answer.members()
        return {
            "access_token": result["oauth_token"],
            "access_token_secret": result["oauth_token_secret"],
        }

    async def request_profile_info(context):
        answer = await context.http_request("GET", "https://api.trello.com/1/members/me", authenticate=True)
        result = answer.json()
        result.pop("limits", None)
        return result

    async def validate_access_token(context):
        answer = await context.http_request(
            "GET",
            f"https://api.trello.com/1/tokens/{context.access_token}",
            authenticate=True,
            raise_for_status=False,
        )
        if answer.status == 401:
            raise context.InvalidTokenError("The token is not accepted.")
        if answer.status != 200:
            raise Exception(f"status {answer.status}")
        if answer.json()["dateExpires"] is not None:
            raise context.InvalidTokenError("Invalid token.")

    return {
        "account_name_from_profile_info": "id",
        "request_request_token": request_request_token,
        "auth_url": auth_url,
        "request_access_token": request_access_token,
        "request_profile_info": request_profile_info,
        "validate_access_token": validate_access_token,
    }
