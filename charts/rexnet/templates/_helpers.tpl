{{/* Name of all that the release makes, and the beginning of other names. */}}
{{- define "rexnet.fullname" -}}
{{- if contains "rexnet" .Release.Name -}}
{{- printf "%s-operator" .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-rexnet-operator" .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Name of what belongs to the whole cluster: two releases may stand in two namespaces. */}}
{{- define "rexnet.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "rexnet.fullname" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "rexnet.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "rexnet.fullname" .) -}}
{{- end -}}

{{- define "rexnet.selectorLabels" -}}
app.kubernetes.io/name: rexnet
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "rexnet.labels" -}}
{{ include "rexnet.selectorLabels" . }}
app.kubernetes.io/part-of: rexnet
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "rexnet.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* "true" when an object for Prometheus is to be made: (list $ "Auto" "PrometheusRule"). */}}
{{- define "rexnet.monitored" -}}
{{- $root := index . 0 -}}
{{- $wish := index . 1 -}}
{{- $api := printf "monitoring.coreos.com/v1/%s" (index . 2) -}}
{{- if or (eq $wish "Always") (and (eq $wish "Auto") ($root.Capabilities.APIVersions.Has $api)) -}}
true
{{- end -}}
{{- end -}}

{{/* Labels of what Prometheus or Grafana reads. */}}
{{- define "rexnet.monitoringLabels" -}}
{{ include "rexnet.labels" . }}
{{- with .Values.monitoring.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Of resources.memory, which the schema keeps to Mi and Gi. */}}
{{- define "rexnet.heapMib" -}}
{{- $memory := .Values.resources.memory -}}
{{- $amount := regexFind "^[0-9]+" $memory | int64 -}}
{{- div (ternary (mul $amount 1024) $amount (hasSuffix "Gi" $memory)) 2 -}}
{{- end -}}

{{/* Holds the certificate of what serves external metrics. */}}
{{- define "rexnet.externalMetricsSecret" -}}
{{- .Values.externalMetrics.certificate.secretName | default (printf "%s-external-metrics" (include "rexnet.fullname" .)) -}}
{{- end -}}

{{/* What the operator is told; docs/cli.md explains each. */}}
{{- define "rexnet.arguments" -}}
- --leader-elect
- --metrics=0.0.0.0:8080
- --image={{ include "rexnet.image" . }}
- --image-pull-policy={{ .Values.image.pullPolicy }}
- --bitcoind-image={{ .Values.bitcoind.image }}
- --log-level={{ .Values.logLevel }}
{{- if .Values.externalMetrics.enabled }}
- --external-metrics=0.0.0.0:6443
- --external-metrics-certificate=/etc/rexnet/external-metrics
{{- end }}
{{- if eq .Values.monitoring.podMonitor "Auto" }}
- --pod-monitors
- --pod-monitor-interval={{ .Values.monitoring.interval }}
{{- with .Values.monitoring.labels }}
{{- $labels := list }}
{{- range $name, $value := . }}{{ $labels = append $labels (printf "%s=%s" $name $value) }}{{ end }}
- --pod-monitor-labels={{ join "," $labels }}
{{- end }}
{{- end }}
{{- with .Values.limits.defaultTtl }}
- --default-ttl={{ . }}
{{- end }}
{{- range .Values.watchNamespaces }}
- --namespace={{ . }}
{{- else }}
- --all-namespaces
{{- end }}
{{- end -}}
