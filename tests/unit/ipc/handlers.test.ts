import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METHOD_NAMES } from '../../../src-shared/ipc/method-names';
import { useTempFolders } from '../../support/temp';
import { openTestDoor, type TestDoor } from '../services/test-services';

const tempFolder = useTempFolders('all');
let door: TestDoor;
beforeAll(() => {
  door = openTestDoor(tempFolder('handlers'));
});
afterAll(() => door.services.close());

describe('the handlers', () => {
  it('are exactly the methods of the contract', () => {
    expect(Object.keys(door.handlers).sort()).toEqual([...METHOD_NAMES].sort());
  });
});
