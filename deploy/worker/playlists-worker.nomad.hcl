# Builds playlists: dispatched when there is something to build, ends when nothing is left. `nomad/jobs/shotlog-playlists-worker` holds the
# variables of deploy/compose.yaml (x-part), addresses and passwords included. The service playlists dispatches it by itself with BUILD_RUNNER=nomad.
#   nomad job run deploy/worker/playlists-worker.nomad.hcl
#   nomad job dispatch shotlog-playlists-worker       by hand
job "shotlog-playlists-worker" {
  type = "batch"

  # A worker finds its work itself; the name of the build that it was dispatched for is for people.
  parameterized {
    payload       = "forbidden"
    meta_optional = ["build_job_id"]
  }

  group "worker" {
    # Nothing is lost with a worker: the next one takes its builds up.
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts = 0
    }
    # Movies under way: as large as the largest playlist, twice.
    ephemeral_disk {
      size = 50000
    }

    task "worker" {
      driver = "docker"
      # It gives its builds back on SIGTERM, at once.
      kill_timeout = "20s"

      config {
        image   = "shotlog"
        command = "node"
        args    = ["services/playlists/src/main.ts"]
      }

      env {
        BUILD_WORKERS     = "2"
        BUILD_EXIT_IDLE_S = "20"
        DATA_DIR          = "${NOMAD_ALLOC_DIR}/data"
        TMPDIR            = "${NOMAD_ALLOC_DIR}/data"
      }

      template {
        destination = "secrets/shotlog.env"
        env         = true
        data        = <<EOT
{{ with nomadVar "nomad/jobs/shotlog-playlists-worker" }}{{ range $name, $value := . }}{{ $name }}={{ $value | toJSON }}
{{ end }}{{ end }}
EOT
      }

      resources {
        cpu    = 4000
        memory = 2048
      }
    }
  }
}
