import { describe, expect, it } from 'vitest';
import { serverOfScript } from './server-of-script.ts';

describe('serverOfScript', () => {
  it('trusts the mark of the serving server first', () => {
    expect(serverOfScript('https://chat.example.com/', 'https://cdn.example.com/mesibo.js', undefined)).toBe(
      'https://chat.example.com',
    );
  });

  it.each([
    ['https://chat.example.com/mesibo.js', 'https://chat.example.com'],
    ['https://chat.example.com/mesibo-v2.js?v=3', 'https://chat.example.com'],
    ['https://chat.example.com/mesibo3.js', 'https://chat.example.com'],
    ['https://chat.example.com:8443/api/mesibo.js', 'https://chat.example.com:8443'],
    ['https://example.com/stoa/mesibo.js', 'https://example.com/stoa'],
    ['https://example.com/assets/bundle.js', 'https://example.com'],
  ])('finds the server of %s', (script, server) => {
    expect(serverOfScript(undefined, script, undefined)).toBe(server);
  });

  it('takes the page or worker when the script is unknown, and localhost when everything is', () => {
    expect(serverOfScript(undefined, undefined, 'https://app.example.com/sw.js')).toBe(
      'https://app.example.com',
    );
    expect(serverOfScript(undefined, 'blob:null/1', 'file:///index.html')).toBe('http://localhost:8080');
  });
});
