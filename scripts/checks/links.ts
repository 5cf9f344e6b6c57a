import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Check } from './check.ts';
import { repositoryFiles } from './source-files.ts';

export const links: Check = {
  name: 'links',
  remedy: 'let links in Markdown lead to files and headings that exist',
  async run(root) {
    const problems: string[] = [];
    for (const file of (await repositoryFiles(root)).filter((name) => name.endsWith('.md'))) {
      for (const { link, line } of linksIn(await readFile(join(root, file), 'utf8'))) {
        const [path = '', heading] = link.split('#');
        const target = path === '' ? join(root, file) : join(root, dirname(file), decodeURI(path));
        if (!existsSync(target)) problems.push(`${file}:${line} leads to ${link}, which does not exist`);
        else if (heading && target.endsWith('.md') && !(await headingsOf(target)).has(heading)) {
          problems.push(`${file}:${line} leads to ${link}, a heading that does not exist`);
        }
      }
    }
    return problems;
  },
};

/** Links to other files of the repository and to headings; code and addresses elsewhere are left out. */
function linksIn(markdown: string): { link: string; line: number }[] {
  return withoutCodeBlocks(markdown)
    .replace(/`[^`\n]*`/g, '')
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map((match) => ({ link: match[1] ?? '', line: index + 1 })),
    )
    .filter(({ link }) => !/^([a-z]+:|\/)/.test(link));
}

/** Names of the headings as GitHub forms them. */
async function headingsOf(file: string): Promise<Set<string>> {
  const markdown = withoutCodeBlocks(await readFile(file, 'utf8'));
  const titles = [...markdown.matchAll(/^#{1,6}\s+(.*?)\s*$/gm)].map((match) => match[1] ?? '');
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Empties code blocks and keeps the numbers of the lines. */
function withoutCodeBlocks(markdown: string): string {
  return markdown.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ''));
}
