using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Enrolment;
using WsusDashboard.Dashboard.Features.Metrics;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Hubs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Joining;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Settings;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Host;

/// <summary>A dashboard as a host: run alone by Program, and inside the simulator and the tests. Several live in one process without sharing state.</summary>
public static class DashboardHost
{
    /// <summary>Builds a dashboard that is not started yet.</summary>
    /// <param name="arguments">The command line, for example --Dashboard:Port=5080.</param>
    /// <param name="configure">Changes the options after they were read.</param>
    /// <param name="timeProvider">The clock; null = the system's.</param>
    /// <param name="settings">Settings that stand above all others, for example "Logging:LogLevel:Default".</param>
    /// <exception cref="OptionsValidationException">The settings have mistakes; each is a failure.</exception>
    /// <exception cref="DashboardStartException">The data folder, the key file or the join token can't be used, or the database belongs to other dashboards.</exception>
    public static WebApplication Build(string[] arguments, Action<DashboardOptions>? configure = null, TimeProvider? timeProvider = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = CreateBuilder(arguments, settings);
        var certificate = new ServerCertificateRule(timeProvider ?? TimeProvider.System);
        var options = ReadOptions(builder.Configuration, configure, certificate);
        Listen(builder, options, certificate.Certificate);

        // The parts
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(timeProvider ?? TimeProvider.System);
        builder.AddTelemetry("WsusDashboard.Dashboard");
        builder.Services.AddDatabase(DataFolder.Hold(options), options);
        DashboardJoining.Prepare(options);
        builder.Services.AddSecurity(KeyFile.Open(options), options);
        builder.Services.AddRateLimits(options);
        builder.Services.AddIngest();
        builder.Services.AddAlerting();
        builder.Services.AddFeatures();

        builder.Services.AddJobs(options);
        builder.Services.AddApi();
        builder.Services.AddHubs();
        builder.Services.AddHealth();
        builder.Services.AddPages();

        // A start that fails is said by Program, in a sentence: the services that were begun already are no news then.
        WebApplication? app = null;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level == LogLevel.Critical && app?.Lifetime.ApplicationStarted.IsCancellationRequested == true);
        app = builder.Build();

        // What a browser and a client see
        // The API answers its own errors as problem details before these two see them. Not in a branch: a branch does not route again.
        app.UseEnrolmentPort();
        app.UseProxy(options);
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.Use(AskForErrorPage);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(SecurityHeaders.AddAsync);
        app.UseApiErrors();
        app.UseAuthentication();
        app.Use(RequestCaller.SetAsync);
        app.UseRateLimiter();
        app.UseAuthorization();
        app.MapApi();
        app.MapSignIn();
        app.MapHub<FleetHub>(FleetHub.Path).RequireRateLimiting(RateLimits.Api);
        app.MapHealth();
        app.MapMetrics();
        app.MapJobs();
        app.UseAntiforgery();
        app.MapPages();
        return app;
    }

    /// <summary>A form whose handling failed is not sent to the page of errors once more: that has no such form.</summary>
    private static Task AskForErrorPage(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    }

    private static WebApplicationBuilder CreateBuilder(string[] arguments, IReadOnlyDictionary<string, string?>? settings)
    {
        // In another program's process the static assets are still those of this assembly.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = arguments,
            ApplicationName = typeof(DashboardHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        if (settings is not null)
        {
            builder.Configuration.AddInMemoryCollection(settings);
        }

        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Its keys are asked for before the database is open, too; that is tried again by itself, and the banner tells it.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Critical);

        // Links say what fails in words; Program says in a sentence that the port is taken.
        builder.Logging.AddFilter("Grpc.Net.Client", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level is LogLevel.Warning or LogLevel.Error);
        return builder;
    }

    /// <summary>The options of a command line, for what needs no dashboard. The data folder isn't held: a dashboard may run beside it.</summary>
    /// <exception cref="OptionsValidationException">The settings have mistakes; each is a failure.</exception>
    internal static DashboardOptions ReadOptions(string[] arguments) => ReadOptions(CreateBuilder(arguments, null).Configuration, null, new ServerCertificateRule(TimeProvider.System));

    internal static DashboardOptions ReadOptions(IConfiguration configuration, Action<DashboardOptions>? configure, ServerCertificateRule certificate)
    {
        // Secrets first: the other rules look at them.
        var options = OptionsReader.Read(
            configuration,
            DashboardOptions.SectionName,
            configure,
            new SecretFiles(),
            new DashboardOptionsRule(),
            new ListeningRule(Listening.PortOfIis(configuration)),
            certificate,
            new DatabaseOptionsRule(),
            new ExternalSignInRule());
        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        return options;
    }

    private static void Listen(WebApplicationBuilder builder, DashboardOptions options, ServerCertificate? certificate)
    {
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["AllowedHosts"] = Listening.AllowedHosts(options, certificate) });
        builder.Services.AddSingleton(new OwnAddress(bound => Listening.AddressFor(options, certificate, bound)));

        // The module of IIS would have its one address in place of ours; the port for agents has to stay.
        var portOfIis = Listening.PortOfIis(builder.Configuration);
        builder.WebHost.PreferHostingUrls(false);
        builder.Services.Configure<IISOptions>(iis => iis.AutomaticAuthentication = false);
        builder.Services.Configure<IISServerOptions>(iis => iis.AutomaticAuthentication = false);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            RequestLimits.Apply(kestrel, Listening.ProxyRule(options));
            Listening.Apply(kestrel, options, certificate, portOfIis);

            // Last: the first address is the one that people are told.
            if (options.EnrolmentPort != 0)
            {
                kestrel.ListenForAgents(options.EnrolmentPort);
            }
        });
    }
}
