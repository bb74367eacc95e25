import base64


async def request_profile_info(context):
    answer = await context.http_request(
        "GET", f"https://{context.domain}.freshdesk.com/api/v2/agents/me", auth=(context.api_key, "X")
    )
    return answer.json()


async def validate(context):
    credentials = f"{context.api_key}:X"
    encoded = base64.b64encode(credentials.encode()).decode()
    await context.http_request(
        "GET",
        f"https://{context.domain}.freshdesk.com/api/v2/agents/me",
        headers={"Authorization": f"Basic {encoded}"},
    )
    return True
