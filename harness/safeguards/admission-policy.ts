import { type Safeguard, TAKES_THE_GATEKEEPER } from './safeguard.ts';

/** Name of the policy and of its binding. */
export const ADMISSION_POLICY = 'require-team-label';

/**
 * The rule that the built-in policy enforces, as CEL. It leaves out no namespace, so it is as strict as the webhook was. It
 * is for the built-in policy alone: yours would have to be written in CEL first, which Kyverno's ValidatingPolicy can do.
 */
export const admissionPolicy: Safeguard = {
  name: 'admission-policy',
  describe:
    'a ValidatingAdmissionPolicy in the API server does what the webhook did, and the policies of the webhook go',
  claims: 'no pod has to run for the rules to be enforced',
  against: TAKES_THE_GATEKEEPER,
  apart: 'it takes the place of the webhook',
  written: (webhooks) => webhooks.length === 0,
  patch: () => ({
    gatekeeper: { policies: [] },
    objects: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: ADMISSION_POLICY },
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] },
            ],
          },
          validations: [
            {
              expression:
                "has(object.metadata.labels) && 'team' in object.metadata.labels && object.metadata.labels.team != ''",
              message: 'Every pod names the team that owns it in the label `team`.',
            },
          ],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: ADMISSION_POLICY },
        spec: { policyName: ADMISSION_POLICY, validationActions: ['Deny'] },
      },
    ],
  }),
};
