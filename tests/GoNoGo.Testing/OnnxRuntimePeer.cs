using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace GoNoGo.Testing;

/// <summary>
/// Runs an ONNX file in ONNX Runtime: node with the npm package <c>onnxruntime-node</c>, in <c>GONOGO_ONNXRUNTIME</c> (a folder with
/// <c>node_modules</c>). An implementation that shares nothing with ours.
/// </summary>
public static class OnnxRuntimePeer
{
    /// <summary>Runs a model; skips the test where node or the package is not here.</summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="input">The values of the input.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="outputs">The outputs that are wanted.</param>
    public static float[][] Run(string model, ReadOnlySpan<float> input, int[] shape, params string[] outputs)
    {
        string? folder = Environment.GetEnvironmentVariable("GONOGO_ONNXRUNTIME");
        bool here = folder is not null && Directory.Exists(Path.Combine(folder, "node_modules", "onnxruntime-node"));
        Assert.SkipUnless(here, "needs ONNX Runtime: npm install --ignore-scripts onnxruntime-node in a folder, and GONOGO_ONNXRUNTIME naming it");
        string script = Path.Combine(SharedFolder.RepositoryRoot ?? "", "bench", "peers", "onnxruntime.cjs");
        string work = Directory.CreateTempSubdirectory("gonogo-onnx").FullName;
        try
        {
            string file = Path.Combine(work, "input.f32");
            File.WriteAllBytes(file, MemoryMarshal.AsBytes(input).ToArray());
            var start = new ProcessStartInfo("node", [script, "run", model, file, string.Join('x', shape), work])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            start.Environment["NODE_PATH"] = Path.Combine(folder!, "node_modules");
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"ONNX Runtime: {errors.GetAwaiter().GetResult()}");
            return [.. outputs.Select(output => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(work, output + ".f32"))).ToArray())];
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
