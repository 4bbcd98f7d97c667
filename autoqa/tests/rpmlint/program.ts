/**
 * rpmlint, run so that nothing of a package is executed: its checks of Perl scriptlets (`perl -wc` runs BEGIN blocks) and
 * its parsing of spec files (whose `%(…)` are shell commands, and whose macros are Fedora's and not this host's) are left
 * out. An rpmlint that has not these functions any more ends with an error, which is a CRASHED and no verdict.
 */
export const rpmlintProgram = `
import sys

from rpmlint.checks import PostCheck, SpecCheck
from rpmlint.cli import lint

LEFT_OUT = [
    (PostCheck, "incorrect_perl_script"),
    (SpecCheck.SpecCheck, "_check_specfile_error"),
    (SpecCheck.SpecCheck, "_check_invalid_url"),
]
for owner, name in LEFT_OUT:
    getattr(owner, name)
    setattr(owner, name, lambda *_: None)
sys.argv[0] = "rpmlint"
sys.exit(lint())
`;
