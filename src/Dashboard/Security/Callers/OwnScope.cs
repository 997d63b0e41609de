namespace WsusDashboard.Dashboard.Security.Callers;

/// <summary>What the dashboard does by itself, without a person who asks.</summary>
public static class OwnScope
{
    /// <summary>A scope in which the dashboard itself asks: it may do everything.</summary>
    public static AsyncServiceScope CreateOwnScope(this IServiceProvider services)
    {
        var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(CallerIdentity.Dashboard);
        return scope;
    }
}
