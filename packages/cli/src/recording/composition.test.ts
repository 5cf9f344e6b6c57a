import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { isInstalled, tempFolder } from '@stoa/testkit';
import { describe, expect, it } from 'vitest';
import { compositionArguments } from './composition.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

const camera = { path: 'a.webm', kind: 'camera', startMs: 0, endMs: 2000 } as const;
const microphone = { path: 'b.webm', kind: 'microphone', startMs: 500, endMs: null } as const;

function filtersOf(args: readonly string[]): string[] {
  return (args[args.indexOf('-filter_complex') + 1] ?? '').split(';');
}

describe('the film of a recording', () => {
  it('has each stream where it was', () => {
    const filters = filtersOf(compositionArguments([camera, microphone], 3000, 'out.mp4'));
    expect(filters[0]).toContain('start_duration=0.000:stop_duration=1.000');
    expect(filters[2]).toContain('adelay=500:all=1');
  });

  it('has pictures side by side, in about as many columns as rows', () => {
    const five = Array.from({ length: 5 }, () => camera);
    const grid = filtersOf(compositionArguments(five, 3000, 'out.mp4')).at(-1);
    expect(grid).toContain('layout=0_0|640_0|1280_0|0_360|640_360');
  });

  it('is as long as its files where the recording has no end', () => {
    const args = compositionArguments([{ ...camera, endMs: null }, microphone], undefined, 'out.mp4');
    expect(args).not.toContain('-t');
    expect(filtersOf(args)[0]).toContain('stop_duration=0.000');
  });

  it('has sound only where there is nothing else', () => {
    const args = compositionArguments([microphone], 3000, 'out.m4a');
    expect(args).toContain('[sound]');
    expect(args).not.toContain('[picture]');
  });
});

describe('ffmpeg', () => {
  it('makes it, or is asked for in words that help', async () => {
    if (!isInstalled('ffmpeg')) {
      await expect(runFfmpeg(['-version'])).rejects.toThrow(/apt-get install ffmpeg/);
      return;
    }
    const folder = tempFolder();
    const path = (name: string) => join(folder.path, name);
    const make = (source: string, name: string) =>
      execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-t', '1', path(name)]);
    make('testsrc=size=160x90:rate=10', 'a.webm');
    make('sine=frequency=440', 'b.webm');
    const files = [
      { ...camera, path: path('a.webm'), startMs: 500, endMs: 1500 },
      { ...camera, path: path('a.webm'), startMs: 0, endMs: 1000 },
      { ...microphone, path: path('b.webm') },
    ];
    await runFfmpeg(compositionArguments(files, 2000, path('all.mkv')));
    const probed = execFileSync('ffprobe', [
      ...['-v', 'error', '-show_entries', 'format=duration:stream=codec_type,width'],
      ...['-of', 'csv=p=0', path('all.mkv')],
    ]).toString();
    expect(probed).toContain('video,1280');
    expect(probed).toContain('audio');
    expect(Number(probed.trim().split('\n').at(-1))).toBeCloseTo(2, 0);
    folder.remove();
  }, 60_000);
});
