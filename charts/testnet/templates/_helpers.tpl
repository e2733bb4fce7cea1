{{- define "testnet.name" -}}
{{- .Values.name | default .Release.Name -}}
{{- end -}}

{{- define "testnet.labels" -}}
app.kubernetes.io/name: testnet
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: rexnet
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}
