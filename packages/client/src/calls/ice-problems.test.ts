import { expect, it } from 'vitest';
import { IceProblems } from './ice-problems.ts';

const url = 'turn:turn.example.com:3478?transport=udp';

it('tells a TURN server that refuses the credentials from one that is not there', () => {
  const problems = new IceProblems();
  problems.add({ url: 'stun:stun.example.com', errorCode: 701, errorText: 'timed out' });
  expect(problems.reason).toBe('networkError');
  problems.add({ url: `${url}-other`, errorCode: 701, errorText: 'timed out' });
  expect(problems.reason).toBe('networkBlocked');
  expect(problems.problem?.message).toContain('could not be reached');
  problems.add({ url, errorCode: 401, errorText: 'Unauthorized' });
  expect(problems.problem?.message).toBe(
    `The TURN server ${url} refused the credentials (401 Unauthorized).`,
  );
  expect(problems.problem?.hint).toContain('STOA_TURN_SECRET');
});
