namespace WsusDashboard.Dashboard.Api;

/// <summary>
/// Which page of a list. Like every input record it is public, because the generator of the framework's validation passes over internal types, and its rules are
/// on the properties, because the OpenAPI document cannot be made where they are on the constructor.
/// </summary>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">Rows a page, 1 to 200.</param>
public sealed record PageInput([property: Between(1, 1_000_000)] int Page = 1, [property: Between(1, 200)] int PageSize = 50);
