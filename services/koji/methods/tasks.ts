/** Tasks: the one that made each build, and those that tagged. */
import { genericError } from "../../world/errors";
import { TASK_STATES, type Task } from "../../world/tables";
import type { World } from "../../world/world";
import { Double, isStruct, pythonStr, type Struct, type Value } from "../../xmlrpc/values";
import { eventArgument, integer, structArgument, timeArgument, truth, Unmodelled } from "../arguments";
import { requireUser } from "../lookups";
import type { Methods } from "../method";
import { applyQueryOptions } from "../query-options";
import { timestamp, timeText } from "../rows";

function taskRow(task: Task): Struct {
  return {
    id: task.id,
    state: TASK_STATES.indexOf(task.state),
    create_time: timeText(task.createTime),
    create_ts: timestamp(task.createTime),
    start_time: timeText(task.startTime),
    start_ts: timestamp(task.startTime),
    completion_time: timeText(task.completionTime),
    completion_ts: timestamp(task.completionTime),
    channel_id: 1,
    host_id: null,
    parent: task.parent,
    label: task.label,
    waiting: null,
    awaited: null,
    owner: task.owner.id,
    method: task.method,
    arch: task.arch,
    priority: 20,
    weight: new Double(0),
  };
}

function requireTask(world: World, id: Value | undefined): Task {
  const task = world.tasks[integer(id) - 1];
  if (task === undefined) throw genericError(`No such task: ${integer(id)}`);
  return task;
}

function taskInfo(world: World, id: Value | undefined, request: boolean, strict: boolean): Value {
  const task = strict ? requireTask(world, id) : world.tasks[integer(id) - 1];
  if (task === undefined) return null;
  return request ? { ...taskRow(task), request: task.request as Value[] } : taskRow(task);
}

const FINISHED = new Set(["CLOSED", "CANCELED", "FAILED"]);
const TASK_COLUMNS = [
  "id",
  "state",
  "create_time",
  "start_time",
  "completion_time",
  "channel_id",
  "host_id",
  "parent",
  "label",
  "owner",
  "method",
  "arch",
  "priority",
  "weight",
];

export const taskMethods: Methods = {
  getTaskInfo({ world }, { task_id, request, strict }) {
    if (Array.isArray(task_id)) {
      return (task_id as readonly Value[]).map((id) => taskInfo(world, id, truth(request), truth(strict)));
    }
    return taskInfo(world, task_id, truth(request), truth(strict));
  },
  getTaskRequest: ({ world }, { taskId }) => requireTask(world, taskId).request as Value[],
  getTaskResult({ world }, { taskId, raise_fault }) {
    const task = requireTask(world, taskId);
    if (task.state === "CANCELED") throw genericError(`Task ${task.id} is canceled`);
    if (!FINISHED.has(task.state)) throw genericError(`Task ${task.id} is not finished`);
    if (task.state === "FAILED" && truth(raise_fault)) {
      const fault = isStruct(task.result as Value) ? (task.result as Struct) : {};
      throw genericError(String(fault.faultString ?? `Task ${task.id} failed`));
    }
    return task.result as Value;
  },
  taskFinished: ({ world }, { taskId }) => FINISHED.has(requireTask(world, taskId).state),
  getTaskChildren({ world }, { task_id, strict }) {
    if (truth(strict)) requireTask(world, task_id);
    return world.tasks.filter(({ parent }) => parent === integer(task_id)).map(taskRow);
  },
  getTaskDescendents({ world }, { task_id }) {
    requireTask(world, task_id);
    return { [String(integer(task_id))]: [] };
  },
  listTaskOutput({ world }, { taskID, stat, all_volumes, strict }) {
    if (truth(strict) && world.tasks[integer(taskID) - 1] === undefined) throw genericError("Task doesn't exist");
    return truth(stat) || truth(all_volumes) ? {} : [];
  },
  listTasks({ world }, { opts, queryOpts }) {
    const wanted = structArgument(opts, "opts");
    const known = [
      "decode",
      "state",
      "not_state",
      "owner",
      "method",
      "arch",
      "parent",
      "host_id",
      "channel_id",
      "createdAfter",
      "createdBefore",
    ];
    for (const name of Object.keys(wanted)) if (!known.includes(name)) throw new Unmodelled(`listTasks(opts.${name})`);
    const list = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : [value as Value]);
    const after = timeArgument(wanted.createdAfter);
    const before = timeArgument(wanted.createdBefore);
    const owner = wanted.owner === undefined || wanted.owner === null ? null : requireUser(world, wanted.owner).id;
    const rows = world.tasks.filter(
      (task) =>
        (wanted.state === undefined || list(wanted.state).includes(TASK_STATES.indexOf(task.state))) &&
        (wanted.not_state === undefined || !list(wanted.not_state).includes(TASK_STATES.indexOf(task.state))) &&
        (owner === null || task.owner.id === owner) &&
        (wanted.method === undefined || list(wanted.method).includes(task.method)) &&
        (wanted.arch === undefined || list(wanted.arch).includes(task.arch)) &&
        (wanted.parent === undefined || list(wanted.parent).includes(task.parent)) &&
        (wanted.host_id === undefined || wanted.host_id === null) &&
        (wanted.channel_id === undefined || list(wanted.channel_id).includes(1)) &&
        (after === undefined || task.createTime > after) &&
        (before === undefined || task.createTime < before),
    );
    const request = (task: Task): Struct =>
      truth(wanted.decode) ? { request: task.request as Value[], result: task.result as Value } : {};
    return applyQueryOptions(
      rows.map((task) => ({ ...taskRow(task), ...request(task) })),
      queryOpts,
      TASK_COLUMNS,
    );
  },

  getEvent({ world }, { id, strict }) {
    const event = integer(id);
    const at = world.eventTimes[event - 1];
    if (at !== undefined) return { id: event, ts: timestamp(at) };
    if (truth(strict)) throw genericError("query returned no rows");
    return null;
  },
  getLastEvent({ world }, { before, strict }) {
    const limit = before === null ? undefined : timeArgument(before);
    let event = world.eventTimes.length;
    while (limit !== undefined && event > 0 && (world.eventTimes[event - 1] as number) >= limit) event -= 1;
    if (event > 0) return { id: event, ts: timestamp(world.eventTimes[event - 1] as number) };
    if (truth(strict)) throw genericError("query returned no rows");
    return null;
  },

  listChannels: () => [{ id: 1, name: "default", description: null, enabled: true, comment: null }],
  getChannel: (_context, { channelInfo, strict }) => {
    if (channelInfo === 1 || channelInfo === "default") {
      return { id: 1, name: "default", description: null, enabled: true, comment: null };
    }
    if (truth(strict)) throw genericError(`No such entry in table channels: ${pythonStr(channelInfo)}`);
    return null;
  },
  listHosts: (_context, { queryOpts }) => applyQueryOptions([], queryOpts, ["id", "name"]),
  getHost(_context, { hostInfo, strict, event }) {
    eventArgument(event);
    if (truth(strict)) throw genericError(`Invalid hostInfo: ${pythonStr(hostInfo)}`);
    return null;
  },
  listVolumes: () => [{ id: 0, name: "DEFAULT" }],
  getVolume(_context, { volume, strict }) {
    if (volume === 0 || volume === "DEFAULT") return { id: 0, name: "DEFAULT" };
    if (truth(strict)) throw genericError(`No such volume: ${pythonStr(volume)}`);
    return null;
  },
  listCGs: () => ({}),
  getAllArches: ({ world }) => [...new Set(world.rpms.map(({ arch }) => arch).filter((arch) => arch !== "src"))],
};
