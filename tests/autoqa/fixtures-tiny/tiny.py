"""A tiny AutoQA in another language: it greets every build that comes into a testing-pending tag.

It keeps docs/autoqa-contract.md and does nothing else: told everything by environment, state in one directory, job
numbers from 1, results to ResultsDB and comments to bodhi, and it says when it is idle.
"""

import http.server
import json
import os
import pathlib
import threading
import time
import urllib.parse
import urllib.request
import xmlrpc.client

ENV = os.environ
STATE = pathlib.Path(ENV["AUTOQA_STATE_DIRECTORY"])
looks = {"started": 0, "completed": 0}
busy = threading.Event()


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def post(url, body, kind):
    request = urllib.request.Request(url, body, {"Content-Type": kind, "Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def form(method, **fields):
    body = urllib.parse.urlencode(fields).encode()
    return post("%s/%s" % (ENV["AUTOQA_BODHI_URL"], method), body, "application/x-www-form-urlencoded")


def greet(number, nvr):
    log = "results/%d-tiny/server/greeting/results/output.log" % number
    url = "%s/%s" % (ENV["AUTOQA_PUBLIC_URL"], log)
    path = STATE / log
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Hello, %s!\n" % nvr)
    result = {
        "testcase": "dist.greeting",
        "outcome": "PASSED",
        "ref_url": url,
        "data": {"item": nvr, "type": "koji_build", "arch": "noarch"},
    }
    post(ENV["AUTOQA_RESULTSDB_URL"] + "/results", json.dumps(result).encode(), "application/json")
    update = form("get_updates_from_builds", builds=nvr).get(nvr)
    if update is not None:
        text = "AutoQA: greeting test PASSED on noarch. Result log:\n%s\n(results are informative only)" % url
        account = {"user_name": ENV["AUTOQA_BODHI_USERNAME"], "password": ENV["AUTOQA_BODHI_PASSWORD"]}
        form("comment", title=update["title"], text=text, karma=0, email=False, **account)


def look(seen):
    koji = xmlrpc.client.ServerProxy(ENV["AUTOQA_KOJI_HUB_URL"], allow_none=True)
    for release in get(ENV["AUTOQA_BODHI_URL"] + "/releases/?rows_per_page=100")["releases"]:
        for build in reversed(koji.listTagged(release["pending_testing_tag"])):
            if build["nvr"] not in seen:
                busy.set()
                seen.append(build["nvr"])
                greet(len(seen), build["nvr"])
                (STATE / "seen.json").write_text(json.dumps(seen))
    busy.clear()


def watch():
    known = STATE / "seen.json"
    seen = json.loads(known.read_text()) if known.exists() else []
    while True:
        looks["started"] += 1
        try:
            look(seen)
        except OSError as error:
            print("koji or bodhi is away: %s" % error, flush=True)
        looks["completed"] += 1
        time.sleep(float(ENV["AUTOQA_POLL_SECONDS"]))


class Page(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer({"status": "ok"})
        if self.path == "/status":
            return self.answer({"idle": not busy.is_set(), "watchers": {"tiny": looks}})
        return super().do_GET()

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


host, port = ENV["AUTOQA_LISTEN"].rsplit(":", 1)
server = http.server.ThreadingHTTPServer((host, int(port)), lambda *args: Page(*args, directory=str(STATE)))
print(json.dumps({"port": server.server_port}), flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
watch()
