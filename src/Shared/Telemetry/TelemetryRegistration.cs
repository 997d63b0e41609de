using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace WsusDashboard.Shared.Telemetry;

/// <summary>OpenTelemetry, set up by its standard environment variables: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables.</summary>
public static class TelemetryRegistration
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string DisabledVariable = "OTEL_SDK_DISABLED";

    /// <summary>Sends metrics, traces and logs over OTLP where an endpoint is set; else nothing of it is loaded.</summary>
    /// <param name="builder">The program; its configuration holds the variables.</param>
    /// <param name="service">The name of the service, unless OTEL_SERVICE_NAME names another.</param>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[EndpointVariable]) && !string.Equals(builder.Configuration[DisabledVariable], bool.TrueString, StringComparison.OrdinalIgnoreCase))
        {
            AddOpenTelemetry(builder.Services, service);
        }
    }

    private static void AddOpenTelemetry(IServiceCollection services, string service) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(service, Instrumentation.Name, typeof(TelemetryRegistration).Assembly.GetName().Version?.ToString(3)).AddEnvironmentVariableDetector())
        .WithMetrics(metrics => metrics.AddMeter(Instrumentation.Name, "System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"))
        .WithTracing(traces => traces.AddSource(Instrumentation.Name, "System.Net.Http", "Microsoft.AspNetCore"))
        .WithLogging(null, logs => logs.IncludeFormattedMessage = true)
        .UseOtlpExporter();
}
