using Microsoft.AspNetCore.Identity;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>The hash of a password that nobody has: checked where there is no account, so that the answer takes as long as for one.</summary>
internal static class DecoyPassword
{
    public static string Hash { get; } = new PasswordHasher<Person>().HashPassword(new Person(), ApiTokenText.RandomCode());
}
