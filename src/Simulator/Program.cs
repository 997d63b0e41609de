using WsusDashboard.Simulator.Demo;

return args is ["doctor", .. var words]
    ? await ServerDoctorCommand.RunAsync(words, Console.Out, Console.Error)
    : await DemoCommand.RunAsync(args, Console.Out, Console.Error);
