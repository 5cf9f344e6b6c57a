import { StoaError } from '@stoa/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Listeners } from './listeners.ts';

afterEach(() => vi.restoreAllMocks());

describe('Listeners', () => {
  it('finds callbacks in the spelling of either generation', () => {
    const heard: unknown[] = [];
    const listeners = new Listeners();
    listeners.set({ Mesibo_OnConnectionStatus: (...args: unknown[]) => heard.push(['v1', ...args]) });
    listeners.add({ Mesibo_onConnectionStatus: (...args: unknown[]) => heard.push(['v2', ...args]) });
    listeners.notify('ConnectionStatus', 1, 0);
    expect(heard).toEqual([
      ['v1', 1, 0],
      ['v2', 1, 0],
    ]);
  });

  it('calls with the listener as this, and finds what was added later', () => {
    class Listener {
      status = 0;
    }
    const listener = new Listener();
    const listeners = new Listeners();
    listeners.set(listener);
    listeners.notify('ConnectionStatus', 6, 0);
    Reflect.set(Listener.prototype, 'Mesibo_onConnectionStatus', function (this: Listener, status: number) {
      this.status = status;
    });
    listeners.notify('ConnectionStatus', 1, 0);
    expect(listener.status).toBe(1);
  });

  it('calls an object once, however often it was added', () => {
    const listener = { Mesibo_onError: vi.fn() };
    const listeners = new Listeners();
    listeners.set(listener);
    listeners.add(listener);
    listeners.notify('Error', new StoaError('INTERNAL'));
    expect(listener.Mesibo_onError).toHaveBeenCalledTimes(1);
    listeners.remove(listener);
    listeners.notify('Error', new StoaError('INTERNAL'));
    expect(listener.Mesibo_onError).toHaveBeenCalledTimes(1);
  });

  it('replaces the listener that was set, and keeps those that were added', () => {
    const [first, second, added] = [{}, {}, {}].map(() => ({ Mesibo_onConnectionStatus: vi.fn() }));
    const listeners = new Listeners();
    listeners.set(first ?? null);
    listeners.add(added ?? {});
    listeners.set(second ?? null);
    listeners.notify('ConnectionStatus', 1, 0);
    expect(first?.Mesibo_onConnectionStatus).not.toHaveBeenCalled();
    expect(second?.Mesibo_onConnectionStatus).toHaveBeenCalledTimes(1);
    expect(added?.Mesibo_onConnectionStatus).toHaveBeenCalledTimes(1);
  });

  it('reports what a listener throws and calls the others', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const listeners = new Listeners();
    const second = { Mesibo_onConnectionStatus: vi.fn() };
    listeners.set({
      Mesibo_onConnectionStatus() {
        throw new Error('a bug of the application');
      },
    });
    listeners.add(second);
    listeners.notify('ConnectionStatus', 1, 0);
    expect(second.Mesibo_onConnectionStatus).toHaveBeenCalled();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ message: 'a bug of the application' }));
  });
});
