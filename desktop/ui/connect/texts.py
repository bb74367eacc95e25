"""What the card says at each step and each ending. One place, so that the wording can be read as a whole."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from connectors.definition import Connector, Method
from connectors.ports import Stage
from connectors.tables import uses_browser
from desktop.engine.events import Clash

_CONTEXT = "ConnectCard"


def tr(text: str) -> str:
    """The translation of one of this page's texts."""
    return QCoreApplication.translate(_CONTEXT, text)


def stages(method: Method) -> tuple[Stage, ...]:
    """The steps that a method goes through, in order; what it has nothing to do in is left out."""
    steps: list[Stage] = ["form"]
    if uses_browser(method):
        steps += ["browser", "exchange"]
    elif method.grant == "device_code":
        steps.append("device")
    elif (
        method.grant != "authorization_code"
        or method.type == "session"
        or (method.type != "apiKey" and method.validate is not None)
    ):
        steps.append("exchange")
    if any(step.choose for step in method.after_connect):
        steps.append("choose")
    if method.request_profile_info is not None:
        steps.append("profile")
    if (
        method.type != "pwd"
        and method.validate is not None
        and method.validate != method.request_profile_info
    ):
        steps.append("test")
    return tuple(steps)


def stage_name(stage: Stage, method: Method) -> str:
    """A step as it stands in the list."""
    match stage:
        case "form":
            return tr("Your details")
        case "browser":
            return tr("Sign in with browser")
        case "exchange":
            return tr("Exchange the code") if uses_browser(method) else tr("Sign in")
        case "device":
            return tr("Enter the code")
        case "choose":
            chooser = next(step.choose for step in method.after_connect if step.choose)
            return chooser.title
        case "profile":
            return tr("Read the profile")
        case "test":
            return tr("Test the connection")
        case "done":
            return tr("Connected")


def subtitle(stage: Stage, connector: Connector) -> str:
    """The line below the heading while a step runs."""
    match stage:
        case "form":
            return tr("Checking what you entered")
        case "browser":
            return tr("Waiting for your browser")
        case "device":
            return tr("Waiting for the code to be entered at {0}").format(connector.name)
        case "exchange":
            return tr("Asking {0} for access").format(connector.name)
        case "choose":
            return tr("Looking up what there is to choose from")
        case "profile":
            return tr("Reading who you are at {0}").format(connector.name)
        case "test":
            return tr("Trying the connection once")
        case "done":
            return tr("Connected")


def failure_heading(reason: str) -> str:
    """What kind of ending it was; the sentence below says why."""
    headings = {
        "declined": tr("Access was declined"),
        "wrong_credentials": tr("The sign-in details were not accepted"),
        "needs_sign_in": tr("The sign-in details were not accepted"),
        "timed_out": tr("The sign-in took too long"),
        "browser": tr("The browser did not open"),
        "port": tr("The callback port is in use"),
        "offline": tr("The service is not available"),
        "network": tr("No connection to the service"),
        "service": tr("The service answered with an error"),
        "service_down": tr("The service is not working at the moment"),
        "client": tr("The app’s settings do not fit"),
        "wrong_account": tr("That was a different account"),
        "already_connected": tr("Nothing was changed"),
        "unsafe_url": tr("An address was refused"),
        "definition": tr("The connector’s definition has a mistake"),
        "input": tr("Something is missing"),
        "locked": tr("The vault is locked"),
        "save": tr("The account could not be saved"),
    }
    return headings.get(reason, tr("The account could not be connected"))


def clash_heading(clash: Clash) -> str:
    """What there is to decide about."""
    if clash.kind == "somebody_else":
        return tr("You signed in as somebody else")
    return tr("{0} is connected already").format(clash.there.name)


def masked(value: str) -> str:
    """Enough of a client id to recognise it, not enough to use it: `Iv1.••••d2f1`."""
    if len(value) < 12:
        return value[:2] + "••••" if value else ""
    return f"{value[:4]}••••{value[-4:]}"
