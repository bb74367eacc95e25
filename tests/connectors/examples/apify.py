def validate_err_callback(context):
    message = (context.error["body"] or {}).get("someNestedObject", {}).get("message")
    if message:
        raise Exception(message)
