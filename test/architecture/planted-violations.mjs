// A boundary that has never been seen to fail is not a boundary: plants each violation and expects lint to say no.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const planted = {
  'libs/interview/src/planted.ts': "export { caseFileCapability } from '@resguardo/case-file';",
  'libs/interview/src/planted.rule.ts': "export { Injectable } from '@nestjs/common';",
  'libs/interview/src/planted.decider.ts': 'export const today = () => new Date();',
  'libs/case-file/src/planted.decider.ts': 'export const now = () => Date.now();',
  'libs/case-file/src/planted.rule.ts': 'export const seen = new Set<string>();',
  'libs/case-file/src/planted.state.ts': 'export const today = () => new Date();',
  'libs/case-file/src/planted.process.ts': "export { createHash } from 'node:crypto';",
  'libs/home/src/planted.projection.ts': 'export const chance = () => Math.random();',
  'libs/contracts/src/planted.ts': "export { z } from 'zod';",
  'libs/interview/src/planted.handler.ts': "export { EventBus } from '@nestjs/cqrs';",
  'libs/home/src/planted.ts': "export { Pool } from 'pg';",
  'libs/home/src/planted-testing.ts': "export { eventStoreContract } from '@resguardo/eventing/testing';",
  'libs/eventing/core/src/planted.ts': "export { May } from '@resguardo/identity';",
  'libs/eventing/store-postgres/src/planted.ts': "export { Module } from '@nestjs/common';",
  'libs/eventing/bus-messages/src/planted.ts': "export { Kafka } from 'kafkajs';",
  'libs/eventing/store-remote/src/planted.ts': "export { May } from '@resguardo/identity';",
  'libs/eventing/bus-kafka/src/planted.ts': "export { postgresEventStore } from '@resguardo/store-postgres';",
  'libs/eventing/bus-kafka/src/planted-metrics.ts': "export { Counter } from 'prom-client';",
  'apps/standalone/src/planted.ts': "export { trace } from '@opentelemetry/api';",
  'libs/insights/src/planted.projection.ts': "export { caseFileFacts } from '@resguardo/contracts/timeline';",
  'libs/vault/src/planted.ts': "export * from './index.js';",
  'apps/portal/src/planted.ts': "export { allFacts } from '@resguardo/contracts/timeline';",
  'libs/vault/src/planted.spec.ts': "it.skip('planted', () => {});",
  'test/engines/planted.engine.ts': "describe.only('planted', () => {});",
  'apps/portal/src/planted-lib.ts': "export { interviewCapability } from '@resguardo/interview';",
};
const files = Object.keys(planted);
const clean = () => files.forEach((file) => rmSync(file, { force: true }));
try {
  for (const [file, source] of Object.entries(planted)) writeFileSync(file, source + '\n');
  const { stdout, stderr } = spawnSync(process.execPath, ['tools/lint.mjs', '--format', 'json', ...files], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const results = JSON.parse(stdout.slice(stdout.indexOf('[')) || `"${stderr}"`);
  const red = new Set(results.filter(({ errorCount }) => errorCount > 0).map(({ filePath }) => filePath));
  const missed = files.filter((file) => !red.has(resolve(file)));
  console.log(
    `planted violations: ${files.length - missed.length} passed, ${missed.length} failed ${missed.join(' ')}`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  clean();
}
