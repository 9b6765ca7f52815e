"""Google's revocation endpoint: whatever the user has allowed the program ends."""

from werkzeug.wrappers import Request

from infra.standins.google.oauth_error import Answer, OAuthError
from infra.standins.google.world import World


def revoke(request: Request, world: World) -> Answer:
    """Answer `POST /revoke`; the token, of either kind, is in the body or the query, and is proof enough."""
    token = request.form.get("token") or request.args.get("token")
    if not token:
        return OAuthError(400, "invalid_request", "Missing required parameter: token").answer
    if not world.credentials.revoke(token):
        return OAuthError(400, "invalid_token", "Token expired or revoked").answer
    return 200, {}
