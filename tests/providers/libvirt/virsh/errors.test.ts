import assert from "node:assert/strict";
import { classify, VirshError, wordsOf } from "../../../../providers/libvirt/virsh/errors";

/** Captured from virsh 9.0, in English. */
const MESSAGES: readonly (readonly [string, string])[] = [
  [
    "cannotConnect",
    "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory\n",
  ],
  [
    "cannotConnect",
    "error: failed to connect to the hypervisor\nerror: Cannot recv data: ssh: connect to host 127.0.0.1 port 22: Connection refused: Connection reset by peer\n",
  ],
  [
    "cannotConnect",
    "error: failed to connect to the hypervisor\nerror: internal error: unexpected qemu URI path '/nosystem', try qemu:///system\n",
  ],
  [
    "permission",
    "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied\n",
  ],
  [
    "permission",
    "error: failed to connect to the hypervisor\nerror: authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'\n",
  ],
  ["notFound", "error: failed to get domain 'nope'\n"],
  ["notFound", "error: failed to get network 'nope'\nerror: Network not found: no network with matching name 'nope'\n"],
  [
    "notFound",
    "error: failed to get pool 'nopool'\nerror: Storage pool not found: no storage pool with matching name 'nopool'\n",
  ],
  [
    "notFound",
    "error: failed to get vol 'nope'\nerror: Storage volume not found: no storage vol with matching path 'nope'\n",
  ],
  [
    "alreadyExists",
    "error: Failed to define domain from d.xml\nerror: operation failed: domain 'pt-exp1' already exists with uuid 65ce0b62-beb9-45f8-9a24-aa073e7afbdc\n",
  ],
  ["alreadyExists", "error: Failed to create vol from o.xml\nerror: storage volume 'over.qcow2' exists already\n"],
  [
    "alreadyExists",
    "error: Failed to define pool from p2.xml\nerror: operation failed: Storage source conflict with pool: 'pt-pool1'\n",
  ],
  [
    "alreadyExists",
    "error: Failed to create pool from p.xml\nerror: Requested operation is not valid: pool is already active as 'pt-pool1'\n",
  ],
  [
    "alreadyActive",
    "error: Failed to start network n\nerror: Requested operation is not valid: network is already active\n",
  ],
  ["alreadyActive", "error: Domain is already active\n"],
  [
    "notActive",
    "error: Failed to destroy domain 'pt-exp1'\nerror: Requested operation is not valid: domain is not running\n",
  ],
  [
    "notActive",
    "error: Failed to destroy pool p\nerror: Requested operation is not valid: storage pool 'p' is not active\n",
  ],
  ["busy", "error: Failed to refresh pool p\nerror: internal error: pool 'p' has asynchronous jobs running.\n"],
  ["noSpace", "error: cannot close volume v\nerror: cannot write data to file 'v': No space left on device\n"],
  [
    "portTaken",
    "error: Failed to start domain 'd'\nerror: internal error: process exited while connecting to monitor: 2026-11-22T19:33:00Z qemu-system-x86_64: -netdev user,id=pulumi0,hostfwd=tcp:127.0.0.1:8080-:80: Could not set up host forwarding rule 'tcp:127.0.0.1:8080-:80'\n",
  ],
  [
    "other",
    "error: Failed to start domain 'd'\nerror: internal error: qemu unexpectedly closed the monitor: Could not open '/x': Permission denied\n",
  ],
  [
    "other",
    "error: Failed to create vol from o2.xml\nerror: inaccessible backing store volume /nobase.qcow2: No such file or directory\n",
  ],
];

describe("virsh's errors", () => {
  for (const [kind, message] of MESSAGES) {
    it(`${kind}: ${wordsOf(message).slice(0, 90)}`, () => assert.equal(classify(message), kind));
  }

  it("become one line in libvirt's words", () => {
    assert.equal(
      wordsOf("error: Failed to start\nerror: no network\n\nerror: no network\n"),
      "Failed to start: no network",
    );
  });

  it("say what to do when libvirt does not answer or refuses", () => {
    const silent = new VirshError("cannotConnect", "No such file or directory", "qemu:///system");
    assert.equal(
      silent.message,
      'libvirt does not answer at qemu:///system (No such file or directory); start it there, or run "npm run setup" for this machine',
    );
    assert.match(
      new VirshError("permission", "denied", "qemu:///system").message,
      /refuses access \(denied\); run as root/,
    );
    assert.equal(new VirshError("other", "as libvirt says", "qemu:///system").message, "as libvirt says");
  });
});
