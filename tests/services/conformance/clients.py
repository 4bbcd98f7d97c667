"""Calls the real clients' libraries: one JSON request a line on stdin, one JSON answer a line on stdout."""

import datetime
import json
import sys
import traceback
import xmlrpc.client


def koji_session(server, user=None, password=None):
    import koji

    session = koji.ClientSession(server, opts={"timeout": 30, "max_retries": 1, "user": user, "password": password})
    if user:
        session.login()
    return session


class Sessions:
    def __init__(self):
        self.koji = {}
        self.bodhi = {}

    def koji_session(self, request):
        key = (request["url"], request.get("user"))
        if key not in self.koji:
            self.koji[key] = koji_session(request["url"], request.get("user"), request.get("password"))
        return self.koji[key]

    def bodhi_client(self, request):
        from bodhi.client.bindings import BodhiClient

        key = (request["url"], request.get("storage"))
        if key not in self.bodhi:
            self.bodhi[key] = BodhiClient(
                request["url"], id_provider=request["url"] + "/idp", oidc_storage_path=request["storage"]
            )
        return self.bodhi[key]


SESSIONS = Sessions()


def plain(value):
    if isinstance(value, (datetime.datetime, xmlrpc.client.DateTime)):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "__next__"):
        return [plain(item) for item in value]
    return value


def call_koji(request):
    session = SESSIONS.koji_session(request)
    return getattr(session, request["method"])(*request.get("args", []), **request.get("kwargs", {}))


def call_koji_multicall(request):
    session = SESSIONS.koji_session(request)
    with session.multicall(strict=False) as batch:
        calls = [getattr(batch, method)(*args, **kwargs) for method, args, kwargs in request["calls"]]
    results = []
    for call in calls:
        try:
            results.append(call.result)
        except Exception as error:  # noqa: BLE001
            results.append({"error": type(error).__name__, "message": str(error)})
    return results


def call_bodhi(request):
    client = SESSIONS.bodhi_client(request)
    return getattr(client, request["method"])(*request.get("args", []), **request.get("kwargs", {}))


def call_resultsdb(request):
    from resultsdb_api import ResultsDBapi

    client = ResultsDBapi(request["url"])
    return getattr(client, request["method"])(*request.get("args", []), **request.get("kwargs", {}))


def call_conventions(request):
    from resultsdb_api import ResultsDBapi
    from resultsdb_conventions.base import Result
    from resultsdb_conventions.fedora import FedoraBodhiResult

    kind = {"bodhi": FedoraBodhiResult, "plain": Result}[request["method"]]
    return kind(*request["args"], **request.get("kwargs", {})).report(ResultsDBapi(request["url"]))


def call_xmlrpc(request):
    """As the client of 2011 did, with Python's own xmlrpc library."""
    proxy = xmlrpc.client.ServerProxy(request["url"], allow_none=True)
    return getattr(proxy, request["method"])(*request.get("args", []))


CALLS = {
    "koji": call_koji,
    "koji-multicall": call_koji_multicall,
    "bodhi": call_bodhi,
    "resultsdb": call_resultsdb,
    "conventions": call_conventions,
    "xmlrpc": call_xmlrpc,
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"value": plain(CALLS[request["client"]](request))}
    except Exception as error:  # noqa: BLE001
        answer = {"error": type(error).__name__, "message": str(error), "trace": traceback.format_exc()}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
