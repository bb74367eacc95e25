async def validate(context):
    answer = await context.http_request(
        "POST",
        "https://service-server-api-url/auth",
        json={"username": context.username, "password": context.password},
    )
    data = answer.json()
    if not data["isValid"]:
        raise Exception("Invalid username/password combination.")
    return {"token": data["token"], "expires": data["expiresIn"]}
