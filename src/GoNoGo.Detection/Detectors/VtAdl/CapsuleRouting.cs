using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// Routing by agreement between capsules (Sabour et al. 2017, procedure 1), with the conventions of the published VT-ADL
/// code: coupling coefficients are a softmax over the output capsules, and gradients flow through the last round only.
/// </summary>
public static class CapsuleRouting
{
    /// <summary>Routes input capsules to output capsules.</summary>
    /// <param name="inputs"><c>[B, I, i]</c>.</param>
    /// <param name="weight"><c>[J, I, O, i]</c>.</param>
    /// <param name="iterations">Rounds, at least 1.</param>
    /// <param name="epsilon">Epsilon of the squash.</param>
    /// <returns>The squashed output capsules <c>[B, J, O]</c>.</returns>
    public static Variable Route(Variable inputs, Variable weight, int iterations, float epsilon)
    {
        int batch = inputs.Shape[0];
        int inputCount = inputs.Shape[1];
        int inputWidth = inputs.Shape[2];
        int outputCount = weight.Shape[0];
        int outputWidth = weight.Shape[2];

        // Predictions of each input capsule for each output capsule: [I, B, i] x [I, i, J * O] = [I, B, J * O].
        Variable perInput = weight.Permute(1, 3, 0, 2).Reshape(new Shape(inputCount, inputWidth, outputCount * outputWidth));
        Variable predictions = inputs.Permute(1, 0, 2).MatMul(perInput)
            .Reshape(new Shape(inputCount, batch, outputCount, outputWidth))
            .Permute(1, 2, 0, 3)
            .Reshape(new Shape(batch * outputCount, inputCount, outputWidth));
        Variable frozen = predictions.Detach();
        Variable agreement = inputs.Tape.Constant(inputs.Tape.Scope.Zeros(new Shape(batch, outputCount, inputCount)));
        for (int round = 1; ; round++)
        {
            Variable coupling = agreement.Softmax(1).Reshape(new Shape(batch * outputCount, 1, inputCount));
            Variable sums = coupling.MatMul(round == iterations ? predictions : frozen);
            Variable outputs = sums.Reshape(new Shape(batch, outputCount, outputWidth)).Squash(-1, epsilon);
            if (round == iterations)
            {
                return outputs;
            }

            Variable votes = frozen.MatMul(outputs.Reshape(new Shape(batch * outputCount, outputWidth, 1)));
            agreement = agreement.Add(votes.Reshape(new Shape(batch, outputCount, inputCount)));
        }
    }

    /// <summary>The longest output capsule of each picture.</summary>
    /// <param name="capsules"><c>[B, J, O]</c>.</param>
    /// <returns><c>[B, O]</c>.</returns>
    public static Variable Longest(Variable capsules)
    {
        int batch = capsules.Shape[0];
        int count = capsules.Shape[1];
        int width = capsules.Shape[2];
        ReadOnlySpan<float> values = capsules.Value.Span;
        var rows = new int[batch];
        for (int b = 0; b < batch; b++)
        {
            double longest = double.NegativeInfinity;
            for (int j = 0; j < count; j++)
            {
                double length = 0;
                foreach (float value in values.Slice(((b * count) + j) * width, width))
                {
                    length += (double)value * value;
                }

                if (length > longest)
                {
                    (longest, rows[b]) = (length, (b * count) + j);
                }
            }
        }

        return capsules.Reshape(new Shape(batch * count, width)).IndexSelect(0, rows);
    }
}
