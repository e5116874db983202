using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

public sealed class FlowOnnxTests
{
    /// <summary>Odd channels, both clamp forms, all kernels: z and log-determinants of a written flow are those of the flow.</summary>
    [Theory]
    [InlineData(7, ClampForm.TanhOfA, SubnetKernels.Alternating)]
    [InlineData(8, ClampForm.TanhOfAOverAlpha, SubnetKernels.Three)]
    [InlineData(12, ClampForm.TanhOfA, SubnetKernels.One)]
    public void AWrittenFlowComputesTheSame(int channels, ClampForm clamp, SubnetKernels kernels)
    {
        using var scope = new TensorScope();
        WeightSource source = WeightSource.Fresh(scope, 3);
        var flow = new FastFlow(new FastFlowOptions(channels) { Steps = 5, HiddenRatio = 1.5, ClampForm = clamp, Kernels = kernels, Clamp = 1.3f }, source);
        foreach (Parameter parameter in source.Parameters.Where(parameter => parameter.Name.Contains("global", StringComparison.Ordinal)))
        {
            // Scales and offsets other than those of the start, which are 1 and 0.
            Tensor noise = scope.New(parameter.Shape);
            new RandomStream(5, parameter.Name).FillNormal(0, 1, noise);
            for (int i = 0; i < noise.Span.Length; i++)
            {
                parameter.Value.Span[i] += noise.Span[i];
            }
        }

        Tensor maps = scope.New(new Shape(2, channels, 5, 6));
        new RandomStream(4, "maps").FillNormal(0.2, 2, maps);
        using var tape = new Tape(records: false);
        FlowOutput expected = flow.Transform(tape.Constant(maps));
        var onnx = new OnnxBuilder();
        (OnnxResult z, OnnxResult determinants) = flow.Export(onnx, "", onnx.Input("input", new Shape(channels, 5, 6)));
        onnx.Output("z", z, new Shape(channels, 5, 6));
        onnx.Output("determinants", determinants, new Shape(5, 6));
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.onnx");
        try
        {
            using (FileStream stream = File.Create(path))
            {
                onnx.Save(stream);
            }

            using var evaluator = OnnxEvaluator.Open(path);
            float[][] actual = evaluator.Run(maps.ToArray(), maps.Shape.ToArray());
            TensorAssert.Close(expected.Z.Value.ToArray(), actual[0], 1e-5, "z");
            TensorAssert.Close(expected.LogDeterminantMap.ToArray(), actual[1], 1e-5, "log-determinants");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
