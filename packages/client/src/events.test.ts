import { StoaError } from '@stoa/protocol';
import { expect, it, vi } from 'vitest';
import { Events } from './events.ts';

it('tells every listener, until it leaves', () => {
  const events = new Events();
  const heard: string[] = [];
  const leave = events.on('synced', () => heard.push('first'));
  events.on('synced', () => heard.push('second'));
  events.emit('synced');
  leave();
  leave();
  events.emit('synced');
  expect(heard).toEqual(['first', 'second', 'second']);
});

it('takes one function registered twice for two listeners', () => {
  const events = new Events();
  let calls = 0;
  const listener = () => {
    calls += 1;
  };
  const leave = events.on('synced', listener);
  events.on('synced', listener);
  events.emit('synced');
  expect(calls).toBe(2);
  leave();
  events.emit('synced');
  expect(calls).toBe(3);
});

it('does not tell a listener of the event in which it was added', () => {
  const events = new Events();
  const heard: string[] = [];
  events.on('synced', () => {
    heard.push('outer');
    events.on('synced', () => heard.push('inner'));
  });
  events.emit('synced');
  expect(heard).toEqual(['outer']);
});

it('reports a listener that throws as a problem, and goes on', () => {
  const events = new Events();
  const problems: StoaError[] = [];
  const heard: string[] = [];
  events.on('problem', (problem) => problems.push(problem));
  const cause = new Error('a mistake');
  events.on('synced', () => {
    throw cause;
  });
  events.on('synced', () => heard.push('next'));
  events.emit('synced');
  expect(heard).toEqual(['next']);
  expect(problems).toEqual([expect.objectContaining({ code: 'INTERNAL', cause })]);
});

it('writes problems to the console that nobody listens to, or that a listener makes', () => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => {});
  const events = new Events();
  const problem = new StoaError('UNAVAILABLE');
  events.emit('problem', problem);
  expect(written).toHaveBeenLastCalledWith(problem);

  const mistake = new Error('a mistake');
  events.on('problem', () => {
    throw mistake;
  });
  events.emit('problem', problem);
  expect(written).toHaveBeenLastCalledWith(mistake);
  expect(written).toHaveBeenCalledTimes(2);
});
