{{/* A limit for all that people write: what they are told stands in the policy. Takes root, resource, validations. */}}
{{- define "rexnet.limit" }}
{{- $name := printf "%s-%s" (include "rexnet.clusterName" .root) (.resource | replace "/" "-") }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {{ $name }}
  labels:
    {{- include "rexnet.labels" .root | nindent 4 }}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - apiGroups: [rexnet.dev]
        apiVersions: [v1alpha1]
        operations: [CREATE, UPDATE]
        resources: [{{ .resource }}]
  matchConditions:
    {{- include "rexnet.byPeople" .root | nindent 4 }}
    # What was allowed before a limit was set can still be labelled, and deleted with its finalizers.
    - name: spec-is-written
      expression: oldObject == null || object.spec != oldObject.spec
  validations:
    {{- range .validations }}
    - expression: {{ .expression | squote }}
      message: {{ printf "%s (limit of this cluster, set by those who installed the operator)" .message | squote }}
      reason: Forbidden
    {{- end }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ $name }}
  labels:
    {{- include "rexnet.labels" .root | nindent 4 }}
spec:
  policyName: {{ $name }}
  validationActions: [Deny]
  {{- include "rexnet.limitedNamespaces" .root | nindent 2 }}
{{- end }}

{{/* A LoadTest makes Testnets through the operator: it is judged when the LoadTest is written. */}}
{{- define "rexnet.byPeople" -}}
- name: not-by-the-operator
  expression: request.userInfo.username != "system:serviceaccount:{{ .Release.Namespace }}:{{ include "rexnet.serviceAccountName" . }}"
{{- end -}}

{{- define "rexnet.limitedNamespaces" -}}
{{- with .Values.watchNamespaces }}
matchResources:
  namespaceSelector:
    matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: In
        values: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* CEL for a text that begins with one of the allowed beginnings. */}}
{{- define "rexnet.allowedImage" -}}
{{ .prefixes | toJson }}.exists(prefix, {{ .of }}.startsWith(prefix))
{{- end -}}
