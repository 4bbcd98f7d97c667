import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { networkXml } from "../../../providers/libvirt/xml/network";
import { Hypervisor } from "./support/hypervisor";
import { initFailure, type Plugin } from "./support/plugin";

describe("networks", () => {
  let hypervisor: Hypervisor;
  let plugin: Plugin;
  let urn: string;
  before(async () => {
    hypervisor = await Hypervisor.prepare();
    plugin = await hypervisor.plugin();
    urn = hypervisor.urn("Network", "segment");
  });
  afterEach(async () => assert.deepEqual(await hypervisor.traces(), []));
  after(() => hypervisor.cleanUp());

  it("live: made, read, imported, changed in place, deleted, deleted again", async () => {
    const inputs = { name: hypervisor.name("n"), mtu: { size: 1400 } };
    const { id, state } = await plugin.create(urn, inputs);
    assert.equal(state.uuid, id);
    assert.match(state.bridgeName, /^virbr\d+$/);
    assert.equal(await hypervisor.virsh("net-uuid", inputs.name), id);
    assert.match(await hypervisor.virsh("net-info", inputs.name), /Active:\s+yes[\s\S]*Autostart:\s+no/);

    assert.deepEqual(await plugin.read(urn, id, inputs), { id, state, inputs });
    const imported = await plugin.read(urn, inputs.name);
    assert.deepEqual([imported.id, imported.inputs], [id, { ...inputs, bridge: { name: state.bridgeName } }]);

    const news = { ...inputs, autostart: true };
    const diff = await plugin.diff(urn, inputs, news);
    assert.deepEqual(
      [diff.getDiffsList(), diff.getReplacesList(), diff.getDeletebeforereplace()],
      [["autostart"], [], false],
    );
    assert.deepEqual(await plugin.update(urn, id, state, news), { ...state, autostart: true });
    assert.match(await hypervisor.virsh("net-info", inputs.name), /Autostart:\s+yes/);

    await plugin.delete(urn, id, inputs);
    await plugin.delete(urn, id, inputs);
    assert.deepEqual(await plugin.read(urn, id, inputs), { id: "", state: {}, inputs: {} });
  });

  it("are replaced delete-first for any other change", async () => {
    const diff = await plugin.diff(urn, { name: "a" }, { name: "a", mtu: { size: 9000 } });
    assert.deepEqual(
      [diff.getReplacesList(), diff.getDeletebeforereplace(), diff.getHasdetaileddiff()],
      [["mtu"], true, true],
    );
    assert.deepEqual(
      diff
        .getDetaileddiffMap()
        .getEntryList()
        .map(([path]) => path),
      ["mtu"],
    );
  });

  it("show what somebody else changed or stopped, and are repaired", async () => {
    const inputs = { name: hypervisor.name("n") };
    const { id, state } = await plugin.create(urn, inputs);
    await hypervisor.virsh("net-autostart", inputs.name);
    await hypervisor.virsh("net-destroy", inputs.name);
    await assert.rejects(plugin.read(urn, id, inputs), (error) => {
      const failure = initFailure(error);
      assert.deepEqual([failure?.id, failure?.reasons], [id, [`network "${inputs.name}" is not active`]]);
      assert.deepEqual(failure?.inputs, { ...inputs, autostart: true });
      return true;
    });
    assert.deepEqual(await plugin.update(urn, id, state, inputs), state);
    assert.match(await hypervisor.virsh("net-info", inputs.name), /Active:\s+yes[\s\S]*Autostart:\s+no/);
    await plugin.delete(urn, id, inputs);
  });

  it("of a crashed deployment are adopted, or made anew when they differ, and found by their inputs", async () => {
    const inputs = { name: hypervisor.name("n") };
    assert.equal((await plugin.read(urn, "", inputs)).id, "");
    await hypervisor.define("net-define", networkXml(inputs, urn).xml);
    await assert.rejects(
      plugin.read(urn, "", inputs),
      (error) => initFailure(error)?.reasons[0] === `network "${inputs.name}" is not active`,
    );
    const half = await hypervisor.virsh("net-uuid", inputs.name);
    const adopted = await plugin.create(urn, inputs);
    assert.equal(adopted.id, half);
    assert.equal((await plugin.read(urn, "", inputs)).id, half);
    const anew = await plugin.create(urn, { ...inputs, mtu: { size: 1300 } });
    assert.notEqual(anew.id, half);
    await plugin.delete(urn, half, inputs);
    assert.equal(await hypervisor.virsh("net-uuid", inputs.name), anew.id);
    await plugin.delete(urn, anew.id, inputs);
  });

  it("of others are not touched", async () => {
    const inputs = { name: hypervisor.name("n") };
    await hypervisor.define("net-define", `<network><name>${inputs.name}</name></network>`);
    const uuid = await hypervisor.virsh("net-uuid", inputs.name);
    await assert.rejects(plugin.create(urn, inputs), (error: { code: number; details: string }) => {
      assert.equal(error.code, status.ALREADY_EXISTS);
      assert.match(
        error.details,
        new RegExp(
          `a network "${inputs.name}" exists already at qemu:///system and is not of this resource; choose another name, or remove it: virsh`,
        ),
      );
      return true;
    });
    assert.equal((await plugin.read(urn, "", inputs)).id, "");
    assert.equal(await hypervisor.virsh("net-uuid", inputs.name), uuid);
    await hypervisor.virsh("net-undefine", inputs.name);
  });

  it("that cannot start leave nothing", async () => {
    const other = { name: hypervisor.name("other") };
    const { id, state } = await plugin.create(hypervisor.urn("Network", "other"), other);
    const inputs = { name: hypervisor.name("n"), bridge: { name: state.bridgeName } };
    await assert.rejects(plugin.create(urn, inputs), {
      details: new RegExp(`network "${inputs.name}" could not be made: .*${state.bridgeName}`),
    });
    assert.equal(await hypervisor.succeeds("net-uuid", inputs.name), false);
    await plugin.delete(hypervisor.urn("Network", "other"), id, other);
  });
});
