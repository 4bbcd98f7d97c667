"""Serves bodhi-server of PyPI over SQLite, with a situation in its database and the mock koji as its build system.

Arguments: the situation's JSON, koji's hub, a directory to work in. Prints the port once it listens. Who asks is what
the header X-Test-User says. Nothing leaves this host: messages, mails and background tasks are switched off.
"""
import json
import os
import sys
import types
from datetime import datetime, timezone

situation_file, hub, directory, koji_user, koji_password = sys.argv[1:6]

INI = f"""
[app:main]
use = egg:bodhi-server
sqlalchemy.url = sqlite:///{directory}/bodhi.sqlite
buildsystem = koji
acl_dummy_committer = alice
koji_hub = {hub}
base_address = https://bodhi.example.org/
dogpile.cache.backend = dogpile.cache.memory
dogpile.cache.expiration_time = 0
authtkt.secret = of a test
authtkt.secure = false
session.secret = of a test
celery_config = {directory}/celeryconfig.py
fedora.mandatory_days_in_testing = 7
admin_groups = admin
warm_cache_on_start = false
system_users = bodhi autoqa
mako.directories = bodhi.server:templates
pyramid.includes =
oidc.fedora.client_id = test
oidc.fedora.client_secret = test
libravatar_enabled = false
"""

with open(os.path.join(directory, "bodhi.ini"), "w", encoding="utf-8") as ini:
    ini.write(INI)
with open(os.path.join(directory, "celeryconfig.py"), "w", encoding="utf-8") as config:
    config.write("broker_url = 'memory://'\n")
os.environ["BODHI_CONFIG"] = os.path.join(directory, "bodhi.ini")
# Only composes need it.
sys.modules.setdefault("librepo", types.ModuleType("librepo"))

import koji  # noqa: E402
from munch import munchify  # noqa: E402
from pyramid.paster import get_appsettings  # noqa: E402
from sqlalchemy import event  # noqa: E402
from waitress import create_server  # noqa: E402

import bodhi.server  # noqa: E402
from bodhi.server import buildsys, initialize_db, main, models, notifications  # noqa: E402
from bodhi.server.config import config as bodhi_config  # noqa: E402
from bodhi.server.models import (  # noqa: E402
    Bug, Comment, Group, Release, ReleaseState, RpmBuild, RpmPackage, Update, UpdateRequest, UpdateSeverity,
    UpdateStatus, UpdateType, User,
)
from bodhi.server.tasks import tag_update_builds_task  # noqa: E402


def no_message(_message):
    """No broker is there."""


def koji_login(config, authenticate):
    session = koji.ClientSession(hub, {"user": koji_user, "password": koji_password})
    session.login()
    return session


class Header(bodhi.server.BodhiSecurityPolicy):
    def load_identity(self, request):
        name = request.headers.get("X-Test-User")
        user = request.db.query(User).filter_by(name=name).first() if name else None
        return None if user is None else munchify(user.__json__(request=request))


notifications._publish_with_retry = no_message
buildsys.koji_login = koji_login
bodhi.server.BodhiSecurityPolicy = Header
for task in ("work_on_bugs_task", "fetch_test_cases_task"):
    getattr(models, task).delay = lambda *args, **kwargs: None


def tag_at_once(tag, builds):
    session = koji_login(None, True)
    for build in builds:
        session.tagBuild(tag, build)


tag_update_builds_task.delay = tag_at_once


def instant(text):
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def load(session, situation):
    groups = {}
    users = {}

    def user(name):
        if name not in users:
            users[name] = User(name=name)
            session.add(users[name])
        return users[name]

    for each in situation["users"]:
        for name in each["groups"]:
            groups.setdefault(name, Group(name=name))
            user(each["name"]).groups.append(groups[name])
        user(each["name"]).email = each.get("email")
    releases = {}
    for each in situation["releases"]:
        releases[each["name"]] = Release(
            name=each["name"], long_name=each["longName"], version=each["version"], branch=each["branch"],
            id_prefix=each["idPrefix"], state=ReleaseState.from_string(each["state"]), dist_tag=each["distTag"],
            stable_tag=each["stableTag"], testing_tag=each["testingTag"], candidate_tag=each["candidateTag"],
            pending_testing_tag=each["pendingTestingTag"], pending_stable_tag=each["pendingStableTag"],
            pending_signing_tag=each["pendingSigningTag"], override_tag=each["overrideTag"],
            package_manager=models.PackageManager.dnf, testing_repository="updates-testing")
        session.add(releases[each["name"]])
    packages = {}
    for each in situation["updates"]:
        builds = []
        for nvr in each["builds"]:
            name = nvr.rsplit("-", 2)[0]
            packages.setdefault(name, RpmPackage(name=name))
            builds.append(RpmBuild(nvr=nvr, release=releases[each["release"]], package=packages[name], signed=True))
        request = each.get("request")
        update = Update(
            alias=each["alias"], builds=builds, user=user(each["submitter"]), release=releases[each["release"]],
            type=UpdateType.from_string(each["type"]), severity=UpdateSeverity.from_string(each["severity"]),
            status=UpdateStatus.from_string(each["status"]), notes=each["notes"],
            request=None if request is None else UpdateRequest.from_string(request),
            autokarma=each["autokarma"], autotime=False, stable_karma=each["stableKarma"], stable_days=7,
            unstable_karma=each["unstableKarma"], critpath=each["critpath"],
            date_submitted=instant(each["submittedAt"]), date_modified=instant(each.get("modifiedAt")),
            date_testing=instant(each.get("testingAt")), date_stable=instant(each.get("stableAt")))
        update.alias = each["alias"]
        update.pushed = each["status"] in ("testing", "stable")
        for bug in each["bugs"]:
            update.bugs.append(Bug(bug_id=bug["id"], title=bug["title"], security=bug["security"]))
        session.add(update)
        for comment in each["comments"]:
            row = Comment(text=comment["text"], karma=comment["karma"], timestamp=instant(comment["at"]))
            row.user = user(comment["author"])
            session.add(row)
            update.comments.append(row)
    session.commit()
    # Making the updates has asked koji nothing yet, but left messages to send.
    session.info["messages"] = []


settings = get_appsettings(os.environ["BODHI_CONFIG"])
bodhi_config.load_config(settings)
engine = initialize_db(bodhi_config)


# Nested transactions need that SQLite begins none by itself (SQLAlchemy's documentation of pysqlite).
@event.listens_for(engine, "connect")
def connected(connection, _record):
    connection.isolation_level = None


@event.listens_for(engine, "begin")
def begun(connection):
    connection.exec_driver_sql("BEGIN")


models.Base.metadata.create_all(engine)
with open(situation_file, encoding="utf-8") as file:
    load(bodhi.server.Session(), json.load(file))
bodhi.server.Session.remove()
server = create_server(main({}, **settings), host="127.0.0.1", port=0, threads=1)
print(server.effective_port, flush=True)
server.run()
