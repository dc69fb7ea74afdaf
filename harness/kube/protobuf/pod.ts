import { flag, integer, type Message, many, map, one, text, time } from './message.ts';

// The fields of a pod that falldown reads. The numbers are those of generated.proto in k8s.io/api/core/v1 and
// k8s.io/apimachinery/pkg/apis/meta/v1; they never change for a field.

const OWNER_REFERENCE: Message = { 1: text('kind'), 3: text('name'), 6: flag('controller') };

const OBJECT_META: Message = {
  1: text('name'),
  3: text('namespace'),
  5: text('uid'),
  6: text('resourceVersion'),
  9: time('deletionTimestamp'),
  11: map('labels'),
  13: many('ownerReferences', OWNER_REFERENCE),
};

const POD_SPEC: Message = { 10: text('nodeName'), 25: integer('priority') };

const CONDITION: Message = { 1: text('type'), 2: text('status'), 5: text('reason'), 6: text('message') };

const CONTAINER_STATE: Message = { 1: one('waiting', { 1: text('reason'), 2: text('message') }) };

const CONTAINER_STATUS: Message = { 2: one('state', CONTAINER_STATE), 5: integer('restartCount') };

const POD_STATUS: Message = {
  1: text('phase'),
  2: many('conditions', CONDITION),
  3: text('message'),
  4: text('reason'),
  8: many('containerStatuses', CONTAINER_STATUS),
};

export const POD: Message = { 1: one('metadata', OBJECT_META), 2: one('spec', POD_SPEC), 3: one('status', POD_STATUS) };
