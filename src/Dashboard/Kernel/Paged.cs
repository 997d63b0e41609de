namespace WsusDashboard.Dashboard.Kernel;

/// <summary>One page of a list.</summary>
/// <param name="Items">The rows of this page.</param>
/// <param name="Total">Rows of all pages.</param>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">Rows a page.</param>
public sealed record Paged<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize)
{
    public int PageCount => Math.Max(1, (Total + PageSize - 1) / PageSize);
}
