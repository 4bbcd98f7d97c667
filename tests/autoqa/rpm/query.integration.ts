/** What is read of RPMs' headers, hostile ones among them. Needs rpm and rpmbuild. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queryRpms } from "../../../autoqa/rpm/query";
import { ToolError } from "../../../autoqa/tools/exec";
import { buildHostile } from "./hostile";

const spec = `Requires: needed >= 1:2.0-3
Requires: placeholder-requirement-placeholder-requirement-placeholder
Provides: given(x) = 1.0
Obsoletes: former < 2
Conflicts: rival
%description
x
%install
mkdir -p %{buildroot}/etc %{buildroot}/usr/share/h
cd %{buildroot}/usr/share/h
echo x > ../../../etc/h.conf
touch placeholder-file-placeholder-placeholder-placeholder-placeholder 'am&<p>' README
%files
%config(noreplace) %attr(0640, placeholder-owner, games) /etc/h.conf
%doc /usr/share/h/README
%attr(4755, root, root) /usr/share/h/a*
/usr/share/h/p*
`;

describe("the query of RPMs", function () {
  this.timeout(30_000);
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-query-"));
  });

  after(() => rmSync(directory, { recursive: true }));

  it("reads relations and files", async () => {
    writeFileSync(join(directory, "plain.rpm"), buildHostile("plain", spec));
    const [content] = await queryRpms(directory, ["plain.rpm"]);
    assert.ok(content !== undefined);
    assert.deepEqual([content.name, content.arch], ["plain", "noarch"]);
    assert.deepEqual(
      content.requires.filter(({ name }) => name === "needed"),
      [{ name: "needed", operator: ">=", version: "1:2.0-3" }],
    );
    assert.deepEqual(
      content.provides.filter(({ name }) => name !== "config(plain)"),
      [
        { name: "given(x)", operator: "=", version: "1.0" },
        { name: "plain", operator: "=", version: "1.0-1.fc15" },
      ],
    );
    assert.deepEqual(content.obsoletes, [{ name: "former", operator: "<", version: "2" }]);
    assert.deepEqual(content.conflicts, [{ name: "rival", operator: "", version: "" }]);
    assert.deepEqual(
      content.files.map(({ path, mode, isConfig, isDoc }) => [path, mode.toString(8), isConfig, isDoc]),
      [
        ["/etc/h.conf", "100640", true, false],
        ["/usr/share/h/README", "100644", false, true],
        ["/usr/share/h/am&<p>", "104755", false, false],
        ["/usr/share/h/placeholder-file-placeholder-placeholder-placeholder-placeholder", "100644", false, false],
      ],
    );
    assert.deepEqual(content.files[0]?.digest.length, 64);
    assert.deepEqual([content.files[0]?.owner, content.files[0]?.group], ["placeholder-owner", "games"]);
  });

  it("takes no name for more than a name", async () => {
    const name = "hostile-name-placeholder";
    const changes = {
      "hostile-name-placeholder": "m\f\npackage\tx\t<row>file",
      "placeholder-owner": "root\f\nfile\tx\t",
      "placeholder-requirement-placeholder-requirement-placeholder": "a<row>file<column>/etc/shadow<column>100644",
      "placeholder-file-placeholder-placeholder-placeholder-placeholder":
        "a\f\nfile\t/etc/shadow\t104755\troot\troot\t\t\f\n",
    };
    writeFileSync(join(directory, "hostile.rpm"), buildHostile(name, spec, changes));
    const contents = await queryRpms(directory, ["hostile.rpm", "plain.rpm"]);
    assert.deepEqual(
      contents.map((content) => content.name),
      ["m\f\npackage\tx\t<row>file__", "plain"],
    );
    const [hostile] = contents;
    assert.equal(hostile?.files.length, 4);
    assert.ok(!hostile?.files.some(({ path }) => path.startsWith("/etc/shadow")));
    assert.ok(hostile?.files.some(({ path }) => path.startsWith("/usr/share/h/a\f\nfile\t/etc/shadow\t104755\troot")));
    assert.equal(hostile?.files[0]?.owner, "root\f\nfile\tx\t____");
    assert.ok(hostile?.requires.some((each) => each.name.startsWith("a<row>file<column>/etc/shadow<column>100644")));
  });

  it("says that a file is no RPM", async () => {
    writeFileSync(join(directory, "text.rpm"), "no RPM");
    await assert.rejects(queryRpms(directory, ["plain.rpm", "text.rpm"]), ToolError);
  });
});
