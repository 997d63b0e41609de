namespace WsusDashboard.Dashboard.Kernel;

/// <summary>One page of a list.</summary>
/// <param name="Items">The rows of this page.</param>
/// <param name="Total">Rows of all pages.</param>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">Rows a page.</param>
public sealed record Paged<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize)
{
    public int PageCount => Math.Max(1, (Total + PageSize - 1) / PageSize);

    /// <summary>
    /// What a program gets that asked for this page: one past the last has no rows, so that whoever reads on until nothing comes ends. People see the last page instead.
    /// </summary>
    /// <param name="page">From 1.</param>
    public Paged<T> AskedFor(int page) => page == Page ? this : this with { Items = [], Page = page };
}
