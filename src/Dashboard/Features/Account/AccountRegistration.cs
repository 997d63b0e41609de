namespace WsusDashboard.Dashboard.Features.Account;

/// <summary>One's own account.</summary>
internal static class AccountRegistration
{
    public static IServiceCollection AddAccount(this IServiceCollection services) => services.AddScoped<AccountService>()
        .AddScoped<ConfirmationService>();
}
