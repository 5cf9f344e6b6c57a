import { join } from 'node:path';
import type { Target } from '@stoa/client';
import { addUser, type FaultProxy, type TestUser, tempFolder, within } from '@stoa/testkit';
import { auditNode, auditStore } from './audit.ts';
import type { Command } from './commands.ts';
import { Device } from './device.ts';
import { Groups } from './groups.ts';
import { judgeCursors, judgeDevice } from './judge-devices.ts';
import { judgeGroups } from './judge-groups.ts';
import { judgeLogs, judgeOutboxes } from './judge-logs.ts';
import type { DeviceView } from './life.ts';
import { Model } from './model.ts';
import { addresses, deviceName, witness } from './naming.ts';
import type { StartTopology, Topology } from './topology.ts';

/** What a run did. */
export interface Report {
  readonly problems: readonly string[];
  readonly kept: number;
  readonly acknowledged: number;
  readonly nodeRestarts: number;
  readonly serviceRestarts: number;
  readonly deviceCrashes: number;
  readonly reopened: number;
}

/** What is wrong for good, and what may yet come right. */
interface Judgement {
  readonly final: readonly string[];
  readonly open: readonly string[];
}

/** Real servers, real clients and their model. */
export class World {
  readonly model = new Model();
  readonly #topology: Topology;
  readonly #users: TestUser[] = [];
  #groups: Groups | undefined;
  readonly #devices: Device[] = [];
  readonly #folder = tempFolder();
  readonly #random: () => number;
  readonly #counts = { nodeRestarts: 0, serviceRestarts: 0, deviceCrashes: 0, reopened: 0 };
  readonly #restarting = new Set<object>();
  /** What was begun and goes on by itself. */
  readonly #underWay = new Set<Promise<unknown>>();
  #observations = 0;
  readonly #waiting = new Set<() => void>();

  static async start(startTopology: StartTopology, random: () => number): Promise<World> {
    const topology = await startTopology();
    const world = new World(topology, random);
    for (const address of [...addresses, witness]) {
      world.#users.push(await addUser(world.#node(0).url, address));
    }
    world.#groups = await Groups.make(topology, world.model);
    await topology.prepared();
    for (let device = 0; device < addresses.length * devicesPerUser; device++) {
      await world.#addDevice(device % addresses.length);
    }
    return world;
  }

  private constructor(topology: Topology, random: () => number) {
    this.#topology = topology;
    this.#random = random;
  }

  async carryOut(command: Command): Promise<void> {
    switch (command.do) {
      case 'send':
        return this.#device(command.device).send(this.#target(command.to), command.count, command.size);
      case 'read':
        return this.#device(command.device).read(this.#target(command.peer), command.but, command.receipt);
      case 'edit':
      case 'recall':
        return this.#device(command.device).change(this.#target(command.peer), command.but, command.do);
      case 'cut':
      case 'stall':
      case 'refuse':
      case 'slow':
        return this.#soon(command.after, () => fail(this.#device(command.device).proxy, command.do));
      case 'lose-answers': {
        const { proxy } = this.#device(command.device);
        proxy.deafen();
        return this.#soon(command.after, () => {
          proxy.cut();
          proxy.resume();
        });
      }
      case 'resume':
        return this.#device(command.device).proxy.resume();
      case 'leave':
        return this.#device(command.device).leave();
      case 'open':
        return this.#open(this.#device(command.device, false));
      case 'crash':
        return this.#device(command.device).crash(command.point);
      case 'membership':
        return this.#changeMembership(command);
      case 'add-device':
        return this.#addDevice(command.user % addresses.length);
      case 'roam': {
        const { proxy } = this.#device(command.device);
        proxy.retarget(this.#node(command.node).port);
        return proxy.cut();
      }
      case 'restart-node':
        return this.#restartNode(command);
      case 'restart-service':
        return this.#restartService(command);
      case 'go-on':
        return this.#goOn(command.observations);
      case 'rest':
        await this.#rest(command.ms);
        return;
    }
  }

  /** After everything has come to rest, nothing may be wrong any more, nor missing when all nodes are killed. */
  async settle(ms: number): Promise<Report> {
    const found = await this.#rest(ms);
    const problems = [...found.final, ...found.open];
    if (problems.length === 0) problems.push(...(await this.#judgeStore()));
    return {
      problems,
      kept: this.model.sends.size,
      acknowledged: this.model.acknowledged,
      ...this.#counts,
    };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await Promise.allSettled(this.#devices.map((device) => device.close()));
    await this.#topology.close();
    this.#folder.remove();
  }

  /** All faults end, everybody is there; until nothing is wrong any more, or for that long. */
  async #rest(ms: number): Promise<Judgement> {
    await Promise.all(this.#underWay);
    for (const { proxy } of this.#devices) {
      proxy.delay(0);
      proxy.resume();
    }
    for (const device of this.#devices) device.wake();
    const end = Date.now() + ms;
    for (;;) {
      // Some die only now, at their next commit.
      for (const device of this.#devices) await this.#open(device);
      await this.#goOn(20);
      const found = await this.#judge().catch((error: unknown) => ({ final: [], open: [String(error)] }));
      if (found.final.length > 0 || found.open.length === 0 || Date.now() >= end) return found;
    }
  }

  async #judge(): Promise<Judgement> {
    const asOf = this.model.time;
    const truth = await auditNode(this.#node(0).url, this.#users);
    const final = [...this.model.problems, ...truth.leaked, ...judgeLogs(this.model, truth, asOf)];
    const open = [...judgeOutboxes(this.model, truth), ...judgeCursors(this.model, truth)];
    const views = new Map<string, DeviceView>();
    for (const device of this.#devices) {
      const known = this.model.devices.get(device.name);
      const view = await within(device.view(), `the view of ${device.name}`);
      views.set(device.name, view);
      if (known !== undefined) open.push(...judgeDevice(known, view, truth));
    }
    const groups = judgeGroups(this.model, views, truth);
    return { final: [...final, ...groups.leaked], open: [...open, ...groups.open] };
  }

  /** What the nodes have said stands in the database when all of them are killed. */
  async #judgeStore(): Promise<string[]> {
    const said = await auditNode(this.#node(0).url, this.#users);
    await Promise.all(this.#topology.nodes.map((node) => node.kill('SIGKILL')));
    const store = await this.#topology.openStore();
    const stored = await auditStore(store, this.#users);
    await store.close();
    const differ = JSON.stringify(said) !== JSON.stringify(stored);
    return differ ? [`stored is ${JSON.stringify(stored)}, said was ${JSON.stringify(said)}`] : [];
  }

  async #addDevice(index: number): Promise<void> {
    const user = this.#users[index];
    if (user === undefined) return;
    const { address, token } = user;
    const count = this.#devices.filter(({ name }) => name.startsWith(`${address}.`)).length;
    if (count >= mostDevicesPerUser) return;
    const name = deviceName(address, count);
    this.model.addDevice(name, address);
    const node = this.#node(this.#devices.length);
    const device = await Device.make(node.port, {
      name,
      user: address,
      token,
      path: join(this.#folder.path, `${name}.db`),
      random: () => shortWaits * this.#random(),
      observe: (observation) => {
        this.model.observe(name, observation);
        if (observation.what === 'crashed') this.#counts.deviceCrashes += 1;
        this.#observations += 1;
        for (const look of [...this.#waiting]) look();
      },
    });
    this.#devices.push(device);
    await device.open();
  }

  async #open(device: Device): Promise<void> {
    if (device.isOpen) return;
    this.#counts.reopened += 1;
    await device.open();
  }

  #restartNode({ node, signal, after }: Extract<Command, { do: 'restart-node' }>): void {
    const server = this.#node(node);
    this.#restart(server, after, async () => {
      this.#counts.nodeRestarts += 1;
      await server.kill(signal);
      await server.start();
    });
  }

  #restartService({ service, how, after }: Extract<Command, { do: 'restart-service' }>): void {
    if (this.#topology.services.length === 0) return;
    const server = at(this.#topology.services, service);
    this.#restart(server, after, async () => {
      this.#counts.serviceRestarts += 1;
      await server[how]();
      await server.start();
    });
  }

  /** Does not wait for it: life goes on without the server. One that is restarting already is left alone. */
  #restart(server: object, after: number, restart: () => Promise<void>): void {
    if (this.#restarting.has(server)) return;
    this.#restarting.add(server);
    this.#soon(after, () => restart().finally(() => this.#restarting.delete(server)));
  }

  /** Does it after so many observations, while the course of events goes on. */
  #soon(after: number, act: () => void | Promise<void>): void {
    const done = this.#goOn(after)
      .then(act)
      .catch((error: unknown) => this.model.problems.push(String(error)))
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  /** Until so much more was observed, or nothing happened for a moment. */
  async #goOn(count: number): Promise<void> {
    const enough = this.#observations + count;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(end, momentMs);
      const look = (): void => {
        if (this.#observations >= enough) end();
        else timer.refresh();
      };
      this.#waiting.add(look);
    });
  }

  /** The next one from `index` on that is open (or closed), as far as there is one. */
  #device(index: number, isOpen = true): Device {
    const such = this.#devices.filter((device) => device.isOpen === isOpen);
    return at(such.length > 0 ? such : this.#devices, index);
  }

  #node(index: number) {
    return at(this.#topology.nodes, index);
  }

  #address(index: number): string {
    return at(addresses, index);
  }

  #target(index: number): Target {
    const gids = this.#groups?.gids ?? [];
    return at([...addresses.map((peer) => ({ peer })), ...gids.map((gid) => ({ gid }))], index);
  }

  #changeMembership({ group, user, joins, after }: Extract<Command, { do: 'membership' }>): void {
    const groups = this.#groups;
    if (groups === undefined) return;
    this.#soon(after, () => groups.change(at(groups.gids, group), this.#address(user), joins));
  }
}

function fail(proxy: FaultProxy, how: 'cut' | 'stall' | 'refuse' | 'slow'): void {
  if (how === 'slow') proxy.delay(slowMs);
  else proxy[how]();
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('there is none');
  return found;
}

const devicesPerUser = 2;
const mostDevicesPerUser = 3;
const slowMs = 30;
/** How long nothing needs to happen. */
const momentMs = 60;
/** Part of the usual back-off: a run has no time for more. */
const shortWaits = 0.15;
