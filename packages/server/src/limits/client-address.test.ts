import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientAddresses } from './client-address.ts';

function from(remoteAddress: string, forwardedFor?: string, trusted: string[] = []) {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return new ClientAddresses(trusted).of({ socket: { remoteAddress }, headers });
}

describe('the address of a client', () => {
  it('is that of the connection', () => {
    expect(from('203.0.113.9')).toEqual({
      address: '203.0.113.9',
      key: '203.0.113.9',
      local: false,
      private: false,
    });
  });

  it('is IPv4 when it came through an IPv6 socket', () => {
    expect(from('::ffff:203.0.113.9').address).toBe('203.0.113.9');
    expect(from('::ffff:127.0.0.1').local).toBe(true);
  });

  it('is not what the client claims, unless a trusted proxy says so', () => {
    expect(from('203.0.113.9', '198.51.100.1').address).toBe('203.0.113.9');
    expect(from('10.0.0.2', '198.51.100.1', ['10.0.0.0/8']).address).toBe('198.51.100.1');
    expect(from('10.0.0.2', '127.0.0.1, 198.51.100.1, 10.0.0.3', ['private']).address).toBe('198.51.100.1');
  });

  it('ends at what is no address', () => {
    expect(from('10.0.0.2', 'unknown, <script>', ['private']).address).toBe('10.0.0.2');
  });

  it('is read with a port, too, as some proxies write it', () => {
    expect(from('127.0.0.1', '203.0.113.9:51334', ['loopback']).address).toBe('203.0.113.9');
    expect(from('127.0.0.1', '[2001:db8::9]:51334', ['loopback']).address).toBe('2001:db8::9');
    expect(from('127.0.0.1', '[2001:db8::9]', ['loopback']).address).toBe('2001:db8::9');
  });

  it('is not that of a trusted proxy on this machine which says in other words who asks', () => {
    const unknown = { local: false, private: false };
    for (const words of ['unknown', '', '_hidden', '203.0.113.9:http', 'localhost']) {
      expect(from('127.0.0.1', words, ['loopback'])).toMatchObject(unknown);
    }
    const headers = { forwarded: 'for=203.0.113.9' };
    const socket = { remoteAddress: '127.0.0.1' };
    expect(new ClientAddresses(['loopback']).of({ socket, headers })).toMatchObject(unknown);
  });

  it('is local only when nobody speaks for somebody else', () => {
    expect(from('127.0.0.1').local).toBe(true);
    expect(from('::1').local).toBe(true);
    // A proxy on this machine that is not trusted: behind it may be anybody.
    expect(from('127.0.0.1', '127.0.0.1')).toMatchObject({ local: false, private: false });
    expect(from('127.0.0.1', '198.51.100.1', ['loopback'])).toMatchObject({ local: false, private: false });
    expect(from('192.168.1.7')).toMatchObject({ local: false, private: true });
  });

  it('counts a /64 of IPv6 as one', () => {
    expect(from('2001:db8:1:2:aaaa::1').key).toBe(from('2001:db8:1:2::ffff').key);
    expect(from('2001:db8:1:3::1').key).not.toBe(from('2001:db8:1:2::1').key);
    expect(from('fe80::1%eth0').key).toBe('fe80:0:0:0::/64');
    expect(from('::1').key).toBe('0:0:0:0::/64');
  });

  it('is found for any header, and its key is short', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), fc.string(), (remote, header) => {
        const client = from(remote, header, ['0.0.0.0/0', '::/0']);
        expect(client.key.length).toBeLessThan(30);
      }),
    );
  });
});
