using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;
using NotFound = WsusDashboard.Dashboard.Kernel.NotFound;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>Alerts in the API.</summary>
internal static class AlertEndpoints
{
    private const string Precondition = " Send its revision as If-Match to change only what you saw.";

    public static IServiceCollection AddAlertPages(this IServiceCollection services) => services
        .AddScoped<AlertChannelService>()
        .AddScoped<AlertRouteService>()
        .AddScoped<MaintenanceWindowService>()
        .AddScoped<AlertPreviewService>()
        .AddSingleton<ITagUse, AlertRouteTagUse>();

    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts");
        Reads(alerts.MapGet("/channels", ListChannelsAsync), "Lists the channels by which alerts are sent, without their secrets.");
        Reads(alerts.MapGet("/channels/{id:int}", FindChannelAsync), "A channel, with its revision as entity tag.").ProducesProblem(StatusCodes.Status404NotFound);
        Changes(alerts.MapPost("/channels", AddChannelAsync), "Adds a channel.");
        Changes(alerts.MapPatch("/channels/{id:int}", ChangeChannelAsync), "Changes a channel: what you don't send stays. A key is kept only if the address stays." + Precondition);
        Changes(alerts.MapDelete("/channels/{id:int}", RemoveChannelAsync), "Removes a channel and what waits to be sent by it." + Precondition);
        Changes(alerts.MapPost("/channels/{id:int}/test", TestChannelAsync), "Sends a test now and says what the other side answered.");
        Reads(alerts.MapGet("/routes", ListRoutesAsync), "Lists the routes in the order in which they're asked.");
        Reads(alerts.MapGet("/routes/{id:int}", FindRouteAsync), "A route, with its revision as entity tag.").ProducesProblem(StatusCodes.Status404NotFound);
        Changes(alerts.MapPost("/routes", AddRouteAsync), "Adds a route.");
        Changes(alerts.MapPatch("/routes/{id:int}", ChangeRouteAsync), "Changes a route: what you don't send stays." + Precondition);
        Changes(alerts.MapDelete("/routes/{id:int}", RemoveRouteAsync), "Removes a route. What it told as open isn't told as resolved any more." + Precondition);
        Reads(alerts.MapGet("/windows", ListWindowsAsync), "Lists the maintenance windows, in which nothing alerts.");
        Reads(alerts.MapGet("/windows/{id:int}", FindWindowAsync), "A maintenance window, with its revision as entity tag.").ProducesProblem(StatusCodes.Status404NotFound);
        Changes(alerts.MapPost("/windows", AddWindowAsync), "Adds a maintenance window.");
        Changes(alerts.MapPatch("/windows/{id:int}", ChangeWindowAsync), "Changes a maintenance window: what you don't send stays." + Precondition);
        Changes(alerts.MapDelete("/windows/{id:int}", RemoveWindowAsync), "Removes a maintenance window." + Precondition);
        Reads(alerts.MapGet("/deliveries", ListDeliveriesAsync), "Lists messages with what came of them, newest first.");
        Changes(alerts.MapPost("/deliveries/{id:long}/send-again", SendAgainAsync), "Sends a message again that was given up.");
        Reads(alerts.MapGet("/preview", PreviewAsync), "What the last days would have sent with the routes and windows of now, newest first; nothing is sent.");
    }

    private static RouteHandlerBuilder Reads(RouteHandlerBuilder route, string summary) => route.Needs(Permission.ManageDashboard).WithSummary(summary);

    private static void Changes(RouteHandlerBuilder route, string summary) => Reads(route, summary)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Paged<AlertChannelView>>, ProblemHttpResult>> ListChannelsAsync([AsParameters] PageInput page, AlertChannelService service, CancellationToken cancellationToken) =>
        Page(await service.ListAsync(cancellationToken), page);

    private static async Task<Results<Ok<AlertChannelView>, ProblemHttpResult>> FindChannelAsync(int id, HttpContext http, AlertChannelService service, CancellationToken cancellationToken) =>
        Find(await service.ListAsync(cancellationToken), channel => channel.Id == id, FormattableString.Invariant($"There is no channel {id}."), channel => channel.Revision, http);

    private static async Task<Results<Created<AlertChannelView>, ProblemHttpResult>> AddChannelAsync(AlertChannelInput body, HttpContext http, AlertChannelService service, CancellationToken cancellationToken) =>
        Added(await service.AddAsync(body, cancellationToken), channel => ($"channels/{channel.Id}", channel.Revision), http);

    private static async Task<Results<Ok<AlertChannelView>, ProblemHttpResult>> ChangeChannelAsync(int id, AlertChannelInput body, HttpContext http, AlertChannelService service, CancellationToken cancellationToken) =>
        Tagged(await service.ChangeAsync(id, body, Seen(http), cancellationToken), channel => channel.Revision, http);

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveChannelAsync(int id, HttpContext http, AlertChannelService service, CancellationToken cancellationToken) =>
        Gone(await service.RemoveAsync(id, Seen(http), cancellationToken));

    private static async Task<Results<Ok<AlertTestResult>, ProblemHttpResult>> TestChannelAsync(int id, AlertChannelService service, CancellationToken cancellationToken)
    {
        var tested = await service.TestAsync(id, cancellationToken);
        return tested.IsSuccess ? TypedResults.Ok(tested.Value) : tested.Failure.ToProblem();
    }

    private static async Task<Results<Ok<Paged<AlertRouteView>>, ProblemHttpResult>> ListRoutesAsync([AsParameters] PageInput page, AlertRouteService service, CancellationToken cancellationToken) =>
        Page(await service.ListAsync(cancellationToken), page);

    private static async Task<Results<Ok<AlertRouteView>, ProblemHttpResult>> FindRouteAsync(int id, HttpContext http, AlertRouteService service, CancellationToken cancellationToken) =>
        Find(await service.ListAsync(cancellationToken), route => route.Id == id, FormattableString.Invariant($"There is no route {id}."), route => route.Revision, http);

    private static async Task<Results<Created<AlertRouteView>, ProblemHttpResult>> AddRouteAsync(AlertRouteInput body, HttpContext http, AlertRouteService service, CancellationToken cancellationToken) =>
        Added(await service.AddAsync(body, cancellationToken), route => ($"routes/{route.Id}", route.Revision), http);

    private static async Task<Results<Ok<AlertRouteView>, ProblemHttpResult>> ChangeRouteAsync(int id, AlertRouteInput body, HttpContext http, AlertRouteService service, CancellationToken cancellationToken) =>
        Tagged(await service.ChangeAsync(id, body, Seen(http), cancellationToken), route => route.Revision, http);

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveRouteAsync(int id, HttpContext http, AlertRouteService service, CancellationToken cancellationToken) =>
        Gone(await service.RemoveAsync(id, Seen(http), cancellationToken));

    private static async Task<Results<Ok<Paged<MaintenanceWindowView>>, ProblemHttpResult>> ListWindowsAsync([AsParameters] PageInput page, MaintenanceWindowService service, CancellationToken cancellationToken) =>
        Page(await service.ListAsync(cancellationToken), page);

    private static async Task<Results<Ok<MaintenanceWindowView>, ProblemHttpResult>> FindWindowAsync(int id, HttpContext http, MaintenanceWindowService service, CancellationToken cancellationToken) =>
        Find(await service.ListAsync(cancellationToken), window => window.Id == id, FormattableString.Invariant($"There is no window {id}."), window => window.Revision, http);

    private static async Task<Results<Created<MaintenanceWindowView>, ProblemHttpResult>> AddWindowAsync(MaintenanceWindowInput body, HttpContext http, MaintenanceWindowService service, CancellationToken cancellationToken) =>
        Added(await service.AddAsync(body, cancellationToken), window => ($"windows/{window.Id}", window.Revision), http);

    private static async Task<Results<Ok<MaintenanceWindowView>, ProblemHttpResult>> ChangeWindowAsync(int id, MaintenanceWindowInput body, HttpContext http, MaintenanceWindowService service, CancellationToken cancellationToken) =>
        Tagged(await service.ChangeAsync(id, body, Seen(http), cancellationToken), window => window.Revision, http);

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveWindowAsync(int id, HttpContext http, MaintenanceWindowService service, CancellationToken cancellationToken) =>
        Gone(await service.RemoveAsync(id, Seen(http), cancellationToken));

    private static async Task<Results<Ok<Paged<AlertDeliveryView>>, ProblemHttpResult>> ListDeliveriesAsync([AsParameters] AlertDeliveryInput input, [AsParameters] PageInput page, AlertPreviewService service, CancellationToken cancellationToken)
    {
        var deliveries = await service.ListDeliveriesAsync(input.State, page.Page, page.PageSize, cancellationToken);
        return deliveries.IsSuccess ? TypedResults.Ok(deliveries.Value) : deliveries.Failure.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SendAgainAsync(long id, AlertPreviewService service, CancellationToken cancellationToken) => Gone(await service.SendAgainAsync(id, cancellationToken));

    private static async Task<Results<Ok<Paged<AlertPreviewItem>>, ProblemHttpResult>> PreviewAsync([AsParameters] AlertPreviewInput input, [AsParameters] PageInput page, AlertPreviewService service, CancellationToken cancellationToken)
    {
        var preview = await service.PreviewAsync(input.Days, page.Page, page.PageSize, cancellationToken);
        return preview.IsSuccess ? TypedResults.Ok(preview.Value) : preview.Failure.ToProblem();
    }

    private static string? Seen(HttpContext http) => http.Request.GetTypedHeaders().IfMatch is { Count: > 0 } seen ? seen[0].Tag.ToString().Trim('"') : null;

    private static Results<Ok<Paged<T>>, ProblemHttpResult> Page<T>(Outcome<IReadOnlyList<T>> outcome, PageInput page)
    {
        if (!outcome.IsSuccess)
        {
            return outcome.Failure.ToProblem();
        }

        var place = Math.Clamp(page.Page, 1, Math.Max(1, (outcome.Value.Count + page.PageSize - 1) / page.PageSize));
        return TypedResults.Ok(new Paged<T>([.. outcome.Value.Skip((place - 1) * page.PageSize).Take(page.PageSize)], outcome.Value.Count, place, page.PageSize));
    }

    private static Results<Ok<T>, ProblemHttpResult> Find<T>(Outcome<IReadOnlyList<T>> outcome, Func<T, bool> isIt, string missing, Func<T, string> revisionOf, HttpContext http)
        where T : class =>
        !outcome.IsSuccess ? outcome.Failure.ToProblem()
        : outcome.Value.FirstOrDefault(isIt) is { } found ? Tag(found, revisionOf, http)
        : new NotFound(missing).ToProblem();

    private static Results<Created<T>, ProblemHttpResult> Added<T>(Outcome<T> outcome, Func<T, (string Path, string Revision)> describe, HttpContext http)
    {
        if (!outcome.IsSuccess)
        {
            return outcome.Failure.ToProblem();
        }

        var (path, revision) = describe(outcome.Value);
        http.Response.Headers[HeaderNames.ETag] = $"\"{revision}\"";
        return TypedResults.Created(new Uri($"{ApiPaths.Root}/alerts/{path}", UriKind.Relative), outcome.Value);
    }

    private static Results<Ok<T>, ProblemHttpResult> Tagged<T>(Outcome<T> outcome, Func<T, string> revisionOf, HttpContext http) =>
        outcome.IsSuccess ? Tag(outcome.Value, revisionOf, http) : outcome.Failure.ToProblem();

    private static Ok<T> Tag<T>(T value, Func<T, string> revisionOf, HttpContext http)
    {
        http.Response.Headers[HeaderNames.ETag] = $"\"{revisionOf(value)}\"";
        return TypedResults.Ok(value);
    }

    private static Results<NoContent, ProblemHttpResult> Gone(Outcome<Done> outcome) => outcome.IsSuccess ? TypedResults.NoContent() : outcome.Failure.ToProblem();
}

/// <summary>Which messages.</summary>
public sealed record AlertDeliveryInput
{
    /// <summary>waiting, sent, givenUp or leftOut; absent = all.</summary>
    public AlertDeliveryState? State { get; init; }
}

/// <summary>How far back.</summary>
/// <param name="Days">1 to 31.</param>
public sealed record AlertPreviewInput([property: Between(1, AlertPreviewService.MaximumDays)] int Days = 7);
