import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrate, schemaVersion } from './migrate.ts';
import { migrations } from './migrations/index.ts';

describe('migrations', () => {
  const tables = (database: DatabaseSync) =>
    database
      .prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name",
      )
      .all()
      .map((row) => row.name);

  it('run once each, in order', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, ['create table a (x)']);
    expect([schemaVersion(database), tables(database)]).toEqual([1, ['a']]);
    migrate(database, ['create table a (x)', 'create table b (x); create table c (x)']);
    expect([schemaVersion(database), tables(database)]).toEqual([2, ['a', 'b', 'c']]);
    migrate(database, ['create table a (x)', 'create table b (x); create table c (x)']);
    expect(schemaVersion(database)).toBe(2);
  });

  it('that fail leave the version and the data of the step before', () => {
    const database = new DatabaseSync(':memory:');
    const steps = ['create table a (x)', 'create table b (x); create table a (x)'];
    expect(() => migrate(database, steps)).toThrow('already exists');
    expect([schemaVersion(database), tables(database), database.isTransaction]).toEqual([1, ['a'], false]);
    migrate(database, [steps[0] ?? '', 'create table b (x)']);
    expect([schemaVersion(database), tables(database)]).toEqual([2, ['a', 'b']]);
  });

  it('refuse a database that is newer than they are', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('pragma user_version = 3');
    expect(() => migrate(database, ['', ''])).toThrow(/newer version of Stoa .*schema is 3.*knows 2/);
    expect(schemaVersion(database)).toBe(3);
  });

  it('make a schema that is consistent in itself', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database);
    expect(schemaVersion(database)).toBe(migrations.length);
    expect(database.prepare('pragma foreign_key_check').all()).toEqual([]);
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });
});
