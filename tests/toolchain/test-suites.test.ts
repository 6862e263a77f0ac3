import { describe, expect, test } from 'vitest';
import { countPlaywright, countVitest, verdict } from '../../build/scripts/test-suites.mjs';

describe('counting a Vitest report', () => {
  const file = (status: string, ...tests: [fullName: string, status: string][]) => ({
    name: 'some.test.ts',
    status,
    assertionResults: tests.map(([fullName, of]) => ({ fullName, status: of })),
  });

  test('names what was skipped, put off or never ran', () => {
    const testResults = [file('passed', ['a', 'passed'], ['b', 'skipped'], ['c', 'todo'], ['d', 'pending'])];
    expect(countVitest({ numPassedTests: 1, numFailedTests: 0, success: true, testResults })).toEqual({
      passed: 1,
      failed: 0,
      skipped: ['b', 'c', 'd'],
    });
  });

  test('counts a file that could not be loaded as one failure', () => {
    const testResults = [file('passed', ['a', 'passed']), file('failed')];
    expect(countVitest({ numPassedTests: 1, numFailedTests: 0, success: false, testResults }).failed).toBe(1);
  });

  test('counts a failed test once', () => {
    const testResults = [file('failed', ['a', 'failed'])];
    expect(countVitest({ numPassedTests: 0, numFailedTests: 1, success: false, testResults }).failed).toBe(1);
  });
});

describe('counting a Playwright report', () => {
  test('adds flaky tests and errors outside of tests to the failures, and finds skipped ones at any depth', () => {
    const suites = [
      {
        title: 'open.spec.ts',
        specs: [{ title: 'fine', tests: [{ status: 'expected' }] }],
        suites: [{ title: 'deeper', specs: [{ title: 'left out', tests: [{ status: 'skipped' }] }] }],
      },
    ];
    const stats = { expected: 3, unexpected: 1, flaky: 1 };
    expect(countPlaywright({ stats, suites, errors: [{}] })).toEqual({
      passed: 3,
      failed: 3,
      skipped: ['deeper > left out'],
    });
  });
});

describe('the verdict', () => {
  const sound = { passed: 5, failed: 0, skipped: [] };
  const skipping = { passed: 2, failed: 0, skipped: ['an oracle'] };
  const failing = { passed: 1, failed: 2, skipped: [] };

  test('says nothing of skipped tests where there are none', () => {
    expect(verdict([sound, sound], true)).toEqual({ lastLine: '10 passed, 0 failed', exitCode: 0 });
  });

  test('names skipped tests, and lets them fail the run only where that is asked for', () => {
    const lastLine = '7 passed, 0 failed, 1 skipped';
    expect(verdict([sound, skipping], false)).toEqual({ lastLine, exitCode: 0 });
    expect(verdict([sound, skipping], true)).toEqual({ lastLine, exitCode: 1 });
  });

  test('fails with any failure, and where nothing passed at all', () => {
    expect(verdict([sound, failing], false)).toEqual({ lastLine: '6 passed, 2 failed', exitCode: 1 });
    expect(verdict([], false).exitCode).toBe(1);
  });
});
