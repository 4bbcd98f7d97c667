/** What is removed after a killed deploy, and what is not, on a real libvirt. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drift } from "../../cli/drift";
import { sweep } from "../../cli/sweep";
import { virsh, virshList } from "../../cli/virsh";
import { generationName } from "../../components/naming";

const uri = "qemu:///system";
const stack = `sweep${process.pid}`;
const scratch = mkdtempSync(join(tmpdir(), "autoqa-sweep-"));

/** Defines a network as a deploy of a stack leaves it. */
function defineNetwork(name: string, owner = stack): void {
  const urn = `urn:pulumi:${owner}::autoqa-staging::libvirt:index/network:Network::segment`;
  const metadata = `<p:resource xmlns:p="https://www.pulumi.com/libvirt/1.0" urn="${urn}" digest="0"/>`;
  const file = join(scratch, "network.xml");
  writeFileSync(file, `<network><name>${name}</name><metadata>${metadata}</metadata></network>`);
  assert.notEqual(virsh(uri, "net-define", file), undefined);
}

const networks = () => virshList(uri, "net-list", "--all", "--name").filter((name) => name.includes(stack));

describe("sweeping after a killed deploy", () => {
  const name = (generation: string) => generationName(stack, generation, "segment");

  afterEach(() => {
    for (const network of networks()) virsh(uri, "net-undefine", network);
  });

  after(() => rmSync(scratch, { recursive: true }));

  const known = (names: string[]) => ({
    hypervisorUris: [uri],
    names: new Set(names),
    active: names,
    generations: ["0000000a"],
  });

  it("removes what the state's generation made and the state does not know", () => {
    defineNetwork(name("0000000a"));
    assert.deepEqual(sweep(stack, known([])), [`network ${name("0000000a")}`]);
    assert.deepEqual(networks(), []);
  });

  it("leaves what the state knows", () => {
    defineNetwork(name("0000000a"));
    assert.deepEqual(sweep(stack, known([name("0000000a")])), []);
    assert.deepEqual(networks(), [name("0000000a")]);
  });

  it("leaves what a stack of the same name in another backend has made", () => {
    defineNetwork(name("0000000b"));
    assert.deepEqual(sweep(stack, known([])), []);
    assert.deepEqual(networks(), [name("0000000b")]);
  });

  it("names what is known and not active", () => {
    const [active, inactive] = [name("0000000a"), name("0000000b")];
    for (const network of [active, inactive]) defineNetwork(network);
    assert.notEqual(virsh(uri, "net-start", active), undefined);
    assert.deepEqual(drift(known([active, inactive])), [inactive]);
    virsh(uri, "net-destroy", active);
  });

  it("leaves what only looks like it", () => {
    defineNetwork(name("0000000a"), "another");
    assert.deepEqual(sweep(stack, known([])), []);
    assert.deepEqual(networks(), [name("0000000a")]);
  });
});
