import { describe, expect, it, vi } from 'vitest';
import { describeBusContract } from './contract/index.ts';
import { createInProcessBus, InProcessHub } from './in-process-bus.ts';

describeBusContract('The in-process bus', async () => {
  const errors: unknown[] = [];
  const hub = new InProcessHub({ onError: (error) => errors.push(error) });
  const [one, other] = [hub.connect(), hub.connect()];
  return {
    one,
    other,
    errors,
    async cleanup() {
      await one.close();
      await other.close();
    },
  };
});

describe('the in-process bus', () => {
  it('does not deliver what was published before somebody subscribed', async () => {
    const bus = createInProcessBus();
    const values: string[] = [];
    await bus.subscribe('user.1', () => {});
    bus.publish('user.1', { type: 'before' });
    const subscribed = bus.subscribe('user.1', ({ type }) => values.push(type));
    bus.publish('user.1', { type: 'after' });
    await subscribed;
    expect(values).toEqual(['after']);
  });

  it('delivers before the next I/O', async () => {
    const bus = createInProcessBus();
    const order: string[] = [];
    await bus.subscribe('user.1', () => order.push('delivered'));
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        order.push('next turn');
        resolve();
      });
      bus.publish('user.1', { type: 'test' });
      order.push('published');
    });
    expect(order).toEqual(['published', 'delivered', 'next turn']);
  });

  it('tells the console of failing handlers unless it is told whom to tell', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue();
    const bus = createInProcessBus();
    await bus.subscribe('user.1', () => {
      throw new Error('failed');
    });
    bus.publish('user.1', { type: 'test' });
    await Promise.resolve();
    expect(report).toHaveBeenCalledWith(expect.stringContaining('user.1'), expect.any(Error));
    report.mockRestore();
  });
});
